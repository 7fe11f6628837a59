// SPDX-License-Identifier: MIT
/*
 * A QEMU that gives up root's rights (-runas, -run-with user=) loses what confine.c has set for the death of guise: the kernel
 * clears it when credentials change (prctl(2), PR_SET_PDEATHSIG).  It is set once more as soon as the main loop has begun, behind
 * the change (system/vl.c, qemu_init(); os-posix.c, os_setup_post()).
 */
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include "beside.h"

static atomic_bool waits;
static int signal_then;
static pid_t parent;

void parent_start(void)
{
	parent = getppid();
	waits = prctl(PR_GET_PDEATHSIG, &signal_then) == 0 && signal_then != 0;
}

void parent_check(void)
{
	int signal_now = 0;

	/* It is the main thread that changes them, and each thread has its own. */
	if (!waits || syscall(SYS_gettid) != getpid() || prctl(PR_GET_PDEATHSIG, &signal_now) != 0 || signal_now != 0)
		return;
	waits = false;
	prctl(PR_SET_PDEATHSIG, signal_then);
	if (getppid() != parent)
		kill(getpid(), signal_then);
}
