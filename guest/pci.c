// SPDX-License-Identifier: MIT
#include "pci.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text.h"

#define PCI_DEVICES "/sys/bus/pci/devices"

bool pci_find(char *path, const char *vendor, const char *device)
{
	DIR *folder = opendir(PCI_DEVICES);
	struct dirent *entry;
	char its_vendor[16], its_device[16];
	bool found = false;

	while (folder && !found && (entry = next_entry(folder))) {
		if (!path_join(path, PCI_DEVICES, entry->d_name))
			continue;
		read_attribute(path, "vendor", its_vendor, sizeof(its_vendor));
		read_attribute(path, "device", its_device, sizeof(its_device));
		found = !strcmp(its_vendor, vendor) && !strcmp(its_device, device);
	}
	if (folder)
		closedir(folder);
	return found;
}

static int open_in(const char *folder, const char *name, int flags)
{
	char path[PATH_SIZE];

	if (path_join(path, folder, name))
		return open(path, flags | O_CLOEXEC);
	errno = ENAMETOOLONG;
	return -1;
}

bool pci_enable(const char *path)
{
	int fd = open_in(path, "enable", O_WRONLY), error = 0;

	if (fd < 0)
		return false;
	if (write(fd, "1", 1) != 1)
		error = errno;
	close(fd);
	errno = error;
	return !error;
}

int pci_open(const char *path, const char *resource)
{
	return open_in(path, resource, O_RDWR);
}

void *pci_map(const char *path, const char *resource, size_t *size)
{
	int fd = pci_open(path, resource), error = 0;
	void *memory = MAP_FAILED;
	struct stat status;

	if (fd < 0)
		return NULL;
	if (!fstat(fd, &status)) {
		*size = status.st_size;
		memory = mmap(NULL, *size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	}
	if (memory == MAP_FAILED)
		error = errno;
	close(fd);
	errno = error;
	return error ? NULL : memory;
}
