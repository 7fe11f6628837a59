// SPDX-License-Identifier: MIT
/*
 * TCG with -icount: what a device does takes no time of the guest's.
 *
 * A guest writes to a device, the device has QEMU's main thread do the work, and says so with an interrupt: how many
 * instructions later is a matter of how busy the host is, so that a guest with a disk differs from run to run.  Here the
 * CPU's thread waits, once it has given up QEMU's big lock after an access to a device, until the main thread has done all
 * that there was to do and waits for news itself.
 *
 * How is that seen?  The main thread asks ppoll(), for which it gives up the big lock last of all (util/main-loop.c,
 * os_host_main_loop_wait()); what has nothing to report, without waiting, is a main thread that is idle.  Whoever hands it
 * work writes 8 bytes to an eventfd (util/event_notifier-posix.c) if it is in there, and it sees the work before it asks
 * again if it is not.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "beside.h"
#include "override.h"

/* What libpthread, and libc since 2.34, call it themselves: dlsym() moved between libraries. */
int own_mutex_unlock(pthread_mutex_t *mutex);
__asm__(".symver own_mutex_unlock, __pthread_mutex_unlock@GLIBC_2.2.5");

/* No count of handed work. */
enum { BUSY = 0 };

/*
 * A main thread that ends the machine waits for the CPU in turn, and is idle no more: one that sleeps elsewhere, twice in a
 * row, is given up for good.  One that has work and waits for a CPU of a busy host is not, and neither is one that waits
 * for its memory.
 */
enum { MOST_SLEEPS = 2, MOST_WAITS = 600 };
/* 100 ms. */
static const struct timespec one_wait = { .tv_nsec = 100 * 1000 * 1000 };

static atomic_bool active;
static pid_t main_thread;
/* How often work was handed to the main thread, from 1 on. */
static atomic_uint handed = 1;
/* The count of handed work that the main thread is done with, while it is idle; else BUSY. */
static atomic_uint done;
static _Atomic(pthread_mutex_t *) last_unlocked;
static _Atomic(pthread_mutex_t *) big_lock;

static bool is_main_thread(void)
{
	/* The other models of TLS need the loader's help, and the object needs libc alone. */
	static __thread pid_t self __attribute__((tls_model("initial-exec")));

	if (self == 0)
		self = syscall(SYS_gettid);
	return self == main_thread;
}

void lockstep_start(void)
{
	main_thread = getpid();
	active = true;
}

void lockstep_hand_over(void)
{
	if (active && !is_main_thread())
		atomic_fetch_add(&handed, 1);
}

static int poll_by_number(struct pollfd *files, nfds_t count, const struct timespec *timeout, const sigset_t *mask)
{
	/* The kernel writes to it what is left of the time; libc's does not show that. */
	struct timespec left;

	if (timeout)
		left = *timeout;
	return syscall(SYS_ppoll, files, count, timeout ? &left : NULL, mask, _NSIG / 8);
}

__attribute__((visibility("default"))) int ppoll(struct pollfd *files, nfds_t count, const struct timespec *timeout,
						 const sigset_t *mask)
{
	static const struct timespec at_once;
	unsigned int seen;
	int found;

	parent_check();
	if (!active || !is_main_thread())
		return poll_by_number(files, count, timeout, mask);
	seen = atomic_load(&handed);
	found = poll_by_number(files, count, &at_once, mask);
	if (found != 0 || (timeout && timeout->tv_sec == 0 && timeout->tv_nsec == 0))
		return found;
	atomic_store(&big_lock, atomic_load(&last_unlocked));
	atomic_store(&done, seen);
	syscall(SYS_futex, &done, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
	found = poll_by_number(files, count, timeout, mask);
	atomic_store(&done, BUSY);
	return found;
}

/* By the state that /proc/PID/stat has behind the name, which is in parentheses: proc(5). */
static bool main_thread_sleeps(void)
{
	char text[256] = "";
	const int file = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
	const char *state;

	if (file < 0)
		return true;
	if (read(file, text, sizeof(text) - 1) < 0)
		text[0] = '\0';
	close(file);
	state = strrchr(text, ')');
	return !state || state[1] == '\0' || state[2] == 'S';
}

static bool comes_to_rest(void)
{
	int waits = 0, sleeps = 0;

	while (sleeps < MOST_SLEEPS && waits < MOST_WAITS) {
		const unsigned int now = atomic_load(&done);

		if (now == atomic_load(&handed))
			return true;
		/* What returns at once, because `done` has changed meanwhile, was no wait. */
		if (syscall(SYS_futex, &done, FUTEX_WAIT_PRIVATE, now, &one_wait, NULL, 0) == 0 || errno != ETIMEDOUT)
			continue;
		waits++;
		sleeps = main_thread_sleeps() ? sleeps + 1 : 0;
	}
	return false;
}

__attribute__((visibility("default"))) int pthread_mutex_unlock(pthread_mutex_t *mutex)
{
	const int result = own_mutex_unlock(mutex);

	if (!active)
		return result;
	if (is_main_thread())
		atomic_store(&last_unlocked, mutex);
	else if (mutex == atomic_load(&big_lock))
		active = comes_to_rest();
	return result;
}
