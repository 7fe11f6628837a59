/* SPDX-License-Identifier: MIT */
/* What a guest is started for. */
#ifndef GUISE_SHELL_START_H
#define GUISE_SHELL_START_H

#include "protocol.h"

/* Where the request lies for the command cpuid: which leaves it takes beyond the usual ones. */
#define REQUEST_FILE "/etc/guise-leaves"

struct order {
	uint32_t mode;
	struct window_size size;
	/* Of the scenario. */
	const char *name;
	/* The kind of the terminal that the console is shown on. */
	const char *term;
	const char *command;
};

/*
 * Waits until guise says what is to be done, and keeps the request. Without a word of guise's it is a shell, for whoever is at the
 * console.
 */
struct order await_order(int control);

#endif
