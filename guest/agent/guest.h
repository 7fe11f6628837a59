/* SPDX-License-Identifier: MIT */
/* One guest: a QEMU that runs in a folder of its own, with all the ends of it that the slot holds. */
#ifndef GUEST_H
#define GUEST_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct guest {
	/* 0 where none runs. */
	pid_t pid;
	/* Readable when it has ended. */
	int pidfd;
	/* The FIFO that QEMU logs the console to, and its stdout and stderr; -1 once at their end. */
	int console;
	int stdout_pipe;
	int stderr_pipe;
	/* The other end of its standard input, where it may have a monitor; -1 once at its end. */
	int monitor;
	/* The memory that the guest reports through. */
	int report;
	size_t report_size;
};

/* Starts a guest as a FRAME_START says it, in the current folder. Returns 0, or an errno that says why there is none. */
int guest_start(struct guest *guest, const char *payload, size_t length);

/* Its end, once its pidfd is readable. */
int guest_reap(struct guest *guest);

/* No guest at all. */
extern const struct guest no_guest;

/* Closes what is left open of a guest that has ended, or never ran, and deletes its files. */
void guest_forget(struct guest *guest);

#endif
