// SPDX-License-Identifier: MIT
#include "files.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "report.h"
#include "text.h"

/* Reads until the record is full or the file ends: a read of /proc gives no more than a page. */
static ssize_t fill(int fd)
{
	ssize_t total = 0;

	while (record_room()) {
		ssize_t got = read(fd, record_tail(), record_room());

		if (got < 0 && !total)
			return -1;
		if (got <= 0)
			break;
		record_grow(got);
		total += got;
	}
	return total;
}

void send_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool ended = fd < 0, first = true;

	while (!ended) {
		ssize_t length;

		record_start(RECORD_FILE);
		record_add_field(path);
		length = fill(fd);
		/* An empty file is a fact; the empty end of a long one is not. */
		if (length > 0 || (first && length == 0))
			record_send();
		ended = length <= 0 || record_room();
		first = false;
	}
	if (fd >= 0)
		close(fd);
}

void send_folder(const char *folder, int depth)
{
	DIR *opened = opendir(folder);
	struct dirent *entry;
	char path[PATH_SIZE];

	while (opened && (entry = next_entry(opened))) {
		if (!path_join(path, folder, entry->d_name))
			continue;
		if (entry->d_type == DT_REG)
			send_file(path);
		if (entry->d_type == DT_DIR && depth)
			send_folder(path, depth - 1);
	}
	if (opened)
		closedir(opened);
}

void send_each(const char *folder, const char *name)
{
	DIR *opened = opendir(folder);
	struct dirent *entry;
	char path[PATH_SIZE];

	while (opened && (entry = next_entry(opened)))
		if (path_join(path, folder, entry->d_name) && path_join(path, path, name))
			send_file(path);
	if (opened)
		closedir(opened);
}
