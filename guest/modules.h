/* SPDX-License-Identifier: MIT */
/* Kernel modules out of the initramfs; shared with the nested host's agent. */
#ifndef GUISE_MODULES_H
#define GUISE_MODULES_H

/*
 * Loads the modules that @folder/load names, one a line: the file's name, a space and its options. A module that cannot
 * be loaded is told to @failed, with the reason, and the rest is loaded all the same.
 *
 * Returns how many were loaded, or -1 with errno set where there is no such list.
 */
int load_modules(const char *folder, void (*failed)(const char *name, const char *why));

#endif
