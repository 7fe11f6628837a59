/* SPDX-License-Identifier: MIT */
/* PCI functions that no driver of the kernel's binds to, driven through sysfs. */
#ifndef GUISE_PCI_H
#define GUISE_PCI_H

#include <stdbool.h>
#include <stddef.h>

/* Finds the function of @vendor and @device, as sysfs spells them, and writes its folder to @path, PATH_SIZE bytes long. */
bool pci_find(char *path, const char *vendor, const char *device);

/* Turns its decoding on. False, and errno: EBUSY where a driver has it. */
bool pci_enable(const char *path);

/* Opens a BAR, such as "resource0". -1, and errno, where that fails. */
int pci_open(const char *path, const char *resource);

/* Maps a BAR that is memory, and says how large it is. NULL, and errno, where that fails. */
void *pci_map(const char *path, const char *resource, size_t *size);

#endif
