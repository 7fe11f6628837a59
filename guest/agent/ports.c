// SPDX-License-Identifier: MIT
#include "ports.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "frame.h"

#define PORTS "/sys/class/virtio-ports"

/* The name that QEMU gave the port; without udev nothing links it to its device. */
static void read_name(const char *device, char *name, size_t size)
{
	char path[320];
	FILE *file;

	*name = 0;
	snprintf(path, sizeof(path), PORTS "/%s/name", device);
	file = fopen(path, "re");
	if (!file)
		return;
	if (fgets(name, size, file))
		name[strcspn(name, "\n")] = 0;
	fclose(file);
}

int for_each_port(const char *prefix, void (*take)(const char *name, int port))
{
	DIR *folder = opendir(PORTS);
	struct dirent *entry;
	int count = 0;

	while (folder && (entry = readdir(folder))) {
		char name[64], path[320];
		int port;

		read_name(entry->d_name, name, sizeof(name));
		if (strncmp(name, prefix, strlen(prefix)))
			continue;
		snprintf(path, sizeof(path), "/dev/%s", entry->d_name);
		port = open(path, O_RDWR | O_CLOEXEC);
		if (port < 0)
			die(path);
		take(name + strlen(prefix), port);
		count++;
	}
	if (folder)
		closedir(folder);
	return count;
}
