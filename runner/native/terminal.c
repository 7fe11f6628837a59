// SPDX-License-Identifier: MIT
/*
 * What the guest writes to its console goes to the terminal in portions.
 *
 * QEMU hands on each byte by itself, and for each the kernel of the host starts a work item that carries it to the
 * terminal's other end (drivers/tty/tty_buffer.c, flush_to_ldisc()): some 23,000 in a boot, on a CPU that the next guest
 * could have.  Here the bytes are collected, and a thread writes them some milliseconds later.  Nothing hangs on them but
 * how soon they are seen: QEMU has written each to the chardev's log before (chardev/char.c, qemu_chr_write_buffer()).
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "beside.h"
#include "override.h"

/* QEMU's own; weak, so that it is null in every other program.  Its threads take none of the process's signals. */
extern void qemu_thread_create(void *thread, const char *name, void *(*start)(void *), void *argument, int mode)
	__attribute__((weak, visibility("default")));
enum { QEMU_THREAD_DETACHED = 1 };

/* A fourth of what a terminal takes at once (N_TTY_BUF_SIZE of drivers/tty/n_tty.c). */
enum { MOST_HELD = 1024 };
static const struct timespec delay = { .tv_nsec = 4 * 1000 * 1000 };
/* At the end, for each time that the reader makes no room. */
enum { LAST_WAIT_MS = 100 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static dev_t terminal;
/* Of our own, because QEMU closes its own before it exits. */
static int output = -1;
static char held[MOST_HELD];
/* How much is held; changes under the lock. */
static atomic_uint held_size;

void terminal_start(const char *path)
{
	struct stat file;

	if (qemu_thread_create && syscall(SYS_stat, path, &file) == 0 && S_ISCHR(file.st_mode))
		terminal = file.st_rdev;
}

/* Writes what is held, as far as the terminal takes it; false where it takes no more. */
static bool deliver(void)
{
	unsigned int size = held_size;
	ssize_t written = 1;
	size_t start = 0;

	while (start < size && written > 0) {
		written = syscall(SYS_write, output, held + start, size - start);
		if (written > 0)
			start += written;
		else if (errno == EINTR)
			written = 1;
		else if (errno != EAGAIN)
			start = size; /* nobody is there any more */
	}
	memmove(held, held + start, size - start);
	held_size = size - start;
	return held_size == 0;
}

static void *deliver_later(void *unused)
{
	for (;;) {
		if (held_size == 0)
			syscall(SYS_futex, &held_size, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
		syscall(SYS_nanosleep, &delay, NULL);
		pthread_mutex_lock(&lock);
		deliver();
		pthread_mutex_unlock(&lock);
	}
	return unused;
}

static bool is_terminal(int fd)
{
	/* QEMU opens it once. */
	static atomic_int found = -1;
	struct stat file;
	/* Larger than any QEMU's: a pthread_t. */
	static uint64_t thread[8];

	if (!terminal)
		return false;
	if (found < 0 && syscall(SYS_fstat, fd, &file) == 0 && S_ISCHR(file.st_mode) && file.st_rdev == terminal) {
		output = fcntl(fd, F_DUPFD_CLOEXEC, 3);
		if (output < 0) {
			terminal = 0;
			return false;
		}
		qemu_thread_create(thread, "console", deliver_later, NULL, QEMU_THREAD_DETACHED);
		found = fd;
	}
	return fd == found;
}

static ssize_t hold(const struct iovec *parts, int count)
{
	size_t size = 0;
	bool was_empty;

	for (int i = 0; i < count; i++)
		size += parts[i].iov_len;
	if (size > MOST_HELD - held_size && !deliver()) {
		errno = EAGAIN;
		return -1;
	}
	if (size > MOST_HELD)
		return syscall(SYS_writev, output, parts, count);
	/* Asked last: what was held may have gone just now, and the thread begun to wait. */
	was_empty = held_size == 0;
	for (int i = 0; i < count; i++) {
		memcpy(held + held_size, parts[i].iov_base, parts[i].iov_len);
		held_size += parts[i].iov_len;
	}
	if (was_empty)
		syscall(SYS_futex, &held_size, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
	return size;
}

/* By number, as ioctl() in kvm.c. */
__attribute__((visibility("default"))) ssize_t writev(int fd, const struct iovec *parts, int count)
{
	ssize_t result;

	if (!is_terminal(fd))
		return syscall(SYS_writev, fd, parts, count);
	pthread_mutex_lock(&lock);
	result = hold(parts, count);
	pthread_mutex_unlock(&lock);
	return result;
}

__attribute__((destructor)) static void deliver_all(void)
{
	struct pollfd room = { .fd = output, .events = POLLOUT };

	if (output < 0)
		return;
	pthread_mutex_lock(&lock);
	while (!deliver())
		if (poll(&room, 1, LAST_WAIT_MS) <= 0)
			break;
	pthread_mutex_unlock(&lock);
}
