// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "signals.h"

#include <signal.h>
#include <stddef.h>
#include <sys/wait.h>

/* What busybox' halt, poweroff and reboot send to PID 1 (init/halt.c). */
static const int wishes[] = { SIGUSR1, SIGUSR2, SIGTERM };

static volatile sig_atomic_t wished;
/* As it was before any of them was blocked. */
static sigset_t usual;

static void take_wish(int signal)
{
	(void)signal;
	wished = 1;
}

static void wake(int signal)
{
	(void)signal;
}

void signals_start(void)
{
	struct sigaction wish = { .sa_handler = take_wish }, child = { .sa_handler = wake };
	sigset_t blocked;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGCHLD);
	sigaction(SIGCHLD, &child, NULL);
	for (size_t i = 0; i < sizeof(wishes) / sizeof(wishes[0]); i++) {
		sigaddset(&blocked, wishes[i]);
		sigaction(wishes[i], &wish, NULL);
	}
	sigprocmask(SIG_BLOCK, &blocked, &usual);
}

void signals_reset(void)
{
	sigprocmask(SIG_SETMASK, &usual, NULL);
}

void wait_for(struct pollfd *ends, nfds_t count)
{
	if (ppoll(ends, count, NULL, &usual) < 0)
		for (nfds_t i = 0; i < count; i++)
			ends[i].revents = 0;
}

bool end_is_wished(void)
{
	return wished;
}

bool bury(pid_t child, int *status)
{
	bool found = false;
	int how;
	pid_t pid;

	while ((pid = waitpid(-1, &how, WNOHANG)) > 0) {
		if (pid != child)
			continue;
		*status = how;
		found = true;
	}
	return found;
}
