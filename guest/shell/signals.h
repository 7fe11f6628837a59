/* SPDX-License-Identifier: MIT */
/* The signals that PID 1 hears. */
#ifndef GUISE_SHELL_SIGNALS_H
#define GUISE_SHELL_SIGNALS_H

#include <poll.h>
#include <stdbool.h>
#include <sys/types.h>

/* From here on children that end and the wishes of busybox' halt, poweroff and reboot are heard, in wait_for() alone. */
void signals_start(void);

/* What a child does before it becomes another program. */
void signals_reset(void);

/* Waits until one of @ends is ready, or a signal comes. */
void wait_for(struct pollfd *ends, nfds_t count);

/* Whether the machine is to be ended. */
bool end_is_wished(void);

/* Buries whoever has ended. Whether @child has; then @status is its wait status. */
bool bury(pid_t child, int *status);

#endif
