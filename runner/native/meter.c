// SPDX-License-Identifier: MIT
/*
 * TCG with -icount: how many instructions had the guest executed when it had written each line of its console?
 *
 * QEMU copies what a guest writes to a serial port into the chardev's log file, byte by byte and before the guest goes
 * on (chardev/char.c, qemu_chr_write_log()), so a preloaded write() sees each line at an exact instruction: an OUT ends
 * its block of translated code, and there the count is whole.  It is not within a CPUID (icount_get_raw() ends QEMU
 * with "Bad icount read"), so that the kernel's first one is counted at the end of its block, as work that is queued for
 * the CPU.  The count is of instructions alone: the time that -icount sleep=off skips while the guest idles is no part.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "beside.h"
#include "override.h"

struct CPUState;

/* QEMU's own symbols; weak, so that they are null in every other program. */
extern int64_t icount_get_raw(void) __attribute__((weak, visibility("default")));
extern struct CPUState *qemu_get_cpu(int index) __attribute__((weak, visibility("default")));
extern void async_run_on_cpu(struct CPUState *cpu, void (*function)(struct CPUState *cpu, uint64_t data), uint64_t data)
	__attribute__((weak, visibility("default")));

/* Some thirty times what a boot says: a guest that floods its console does not fill the disk twice. */
enum { MOST_LINES = 20000 };

static int meter = -1;
static struct stat console;
static uint64_t console_bytes;
static unsigned int lines;

static void note(uint64_t bytes)
{
	if (lines++ < MOST_LINES)
		dprintf(meter, "%llu %lld\n", (unsigned long long)bytes, (long long)icount_get_raw());
}

void meter_start(const char *path, const char *console_path)
{
	if (!icount_get_raw || syscall(SYS_stat, console_path, &console) != 0)
		return;
	meter = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void note_entry(struct CPUState *cpu, uint64_t data)
{
	(void)cpu;
	(void)data;
	note(0);
}

void meter_kernel(void)
{
	static bool asked;

	/* QEMU's main thread asks, too, before the machine runs. */
	if (meter < 0 || asked || !qemu_get_cpu || !async_run_on_cpu || syscall(SYS_gettid) == getpid())
		return;
	asked = true;
	async_run_on_cpu(qemu_get_cpu(0), note_entry, 0);
}

static bool is_console(int fd)
{
	/* QEMU opens it once, and never closes it. */
	static int found = -1;
	struct stat file;

	if (meter < 0)
		return false;
	/* By number, too: libc has a function of this name since 2.33 only. */
	if (found < 0 && syscall(SYS_fstat, fd, &file) == 0 && file.st_dev == console.st_dev &&
	    file.st_ino == console.st_ino)
		found = fd;
	return fd == found;
}

static void count(const char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (bytes[i] == '\n')
			note(console_bytes + i + 1);
	console_bytes += size;
}

/* By number, as ioctl() in kvm.c. */
__attribute__((visibility("default"))) ssize_t write(int fd, const void *bytes, size_t size)
{
	ssize_t written;

	if (size == sizeof(uint64_t))
		lockstep_hand_over();
	written = syscall(SYS_write, fd, bytes, size);
	if (written > 0 && is_console(fd))
		count(bytes, written);
	return written;
}
