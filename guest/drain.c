// SPDX-License-Identifier: MIT
#include "drain.h"

#include <signal.h>
#include <termios.h>
#include <unistd.h>

static void wake(int signal)
{
	(void)signal;
}

void drain(int fd)
{
	/* A port whose interrupts are lost never drains, and the guest must end all the same. */
	struct sigaction interrupt = { .sa_handler = wake };

	sigaction(SIGALRM, &interrupt, NULL);
	alarm(2);
	tcdrain(fd);
	alarm(0);
}
