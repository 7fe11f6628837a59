// SPDX-License-Identifier: MIT
#include "mounts.h"

#include <errno.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/stat.h>

struct mount mounts[MOUNTS] = {
	/* clang-format off */
	{ "proc", "/proc", 0 },
	{ "sysfs", "/sys", 0 },
	{ "devtmpfs", "/dev", 0 },
	/* clang-format on */
};

void mount_all(void)
{
	for (size_t i = 0; i < MOUNTS; i++) {
		mkdir(mounts[i].folder, 0755);
		if (mount(mounts[i].type, mounts[i].folder, mounts[i].type, 0, NULL))
			mounts[i].error = errno;
	}
}
