#include "modules.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "frame.h"

static void load_module(const char *folder, const char *name, const char *options)
{
	char path[256];
	int file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0 || syscall(SYS_finit_module, file, options, 0))
		die(path);
	close(file);
}

void load_modules(const char *folder)
{
	char path[256], line[512];
	FILE *list;

	snprintf(path, sizeof(path), "%s/load", folder);
	list = fopen(path, "re");
	if (!list)
		die(path);
	while (fgets(line, sizeof(line), list)) {
		char *options;

		line[strcspn(line, "\n")] = 0;
		options = strchr(line, ' ');
		if (options)
			*options++ = 0;
		load_module(folder, line, options ? options : "");
	}
	fclose(list);
}
