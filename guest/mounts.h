/* SPDX-License-Identifier: MIT */
/* The kernel's own file systems; shared with the nested host's agent. */
#ifndef GUISE_MOUNTS_H
#define GUISE_MOUNTS_H

#define MOUNTS 3

struct mount {
	const char *type;
	const char *folder;
	/* Why it is not mounted, or 0. */
	int error;
};

/* proc, sysfs and devtmpfs, at their usual places. */
extern struct mount mounts[MOUNTS];

/* Mounts them all, and notes of each whether that failed. */
void mount_all(void);

#endif
