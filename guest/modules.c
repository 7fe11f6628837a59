// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "modules.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "text.h"

/* Hundreds of names; no driver needs more than a few. */
#define LIST_SIZE 16384

static bool load_module(const char *folder, const char *name, const char *options)
{
	char path[PATH_SIZE];
	int file, error = 0;

	if (!path_join(path, folder, name)) {
		errno = ENAMETOOLONG;
		return false;
	}
	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return false;
	if (syscall(SYS_finit_module, file, options, 0))
		error = errno;
	close(file);
	errno = error;
	return !error;
}

int load_modules(const char *folder, void (*failed)(const char *name, const char *why))
{
	static char list[LIST_SIZE];
	char path[PATH_SIZE], *rest = list, *line;
	int loaded = 0;

	if (!path_join(path, folder, "load")) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if (!read_text(path, list, sizeof(list)))
		return -1;
	while ((line = strsep(&rest, "\n"))) {
		char *name = strsep(&line, " ");

		if (!*name)
			continue;
		if (load_module(folder, name, line ? line : ""))
			loaded++;
		else
			failed(name, strerror(errno));
	}
	return loaded;
}
