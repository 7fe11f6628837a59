// SPDX-License-Identifier: MIT
/*
 * PID 1 of a guest that somebody sits at: brings busybox' commands up, and runs a shell on the console, or one command. The same
 * program is the command cpuid.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "../modules.h"
#include "../mounts.h"
#include "control.h"
#include "cpuid-command.h"
#include "run.h"
#include "signals.h"

#define BUSYBOX "/bin/busybox"

static void make_devices(void)
{
	/* Already there with devtmpfs; for a kernel without it, the numbers of admin-guide/devices.txt. */
	mknod("/dev/null", S_IFCHR | 0666, makedev(1, 3));
	mknod("/dev/zero", S_IFCHR | 0666, makedev(1, 5));
	mknod("/dev/kmsg", S_IFCHR | 0600, makedev(1, 11));
	mknod("/dev/tty", S_IFCHR | 0666, makedev(5, 0));
	mknod("/dev/console", S_IFCHR | 0600, makedev(5, 1));
	mknod("/dev/ttyS0", S_IFCHR | 0600, makedev(4, 64));
	mknod("/dev/ttyS1", S_IFCHR | 0600, makedev(4, 65));
	/* Terminals of the guest's own, where its kernel has such. */
	mkdir("/dev/pts", 0755);
	mount("devpts", "/dev/pts", "devpts", 0, NULL);
}

/* The kernel starts init without any where the initramfs has no console. */
static void take_streams(void)
{
	int null = open("/dev/null", O_RDWR);

	for (int fd = 0; null >= 0 && fd <= 2; fd++)
		if (fd != null)
			dup2(null, fd);
	if (null > 2)
		close(null);
}

static void make_commands(void)
{
	static char *const install[] = { "busybox", "--install", "-s", "/bin", NULL };

	/* It leaves what is there. */
	symlink("/init", "/bin/cpuid");
	if (run_quietly(BUSYBOX, install) != 0)
		control_trouble(BUSYBOX, "cannot make its commands");
}

static void end_guest(void)
{
	/* QEMU runs with -no-reboot, so this ends it; powering off is for a kernel that cannot reboot. */
	reboot(RB_AUTOBOOT);
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}

static void make_environment(const struct order *order)
{
	setenv("PATH", "/bin", 1);
	setenv("HOME", "/root", 1);
	setenv("TERM", order->term, 1);
	if (chdir("/root"))
		control_trouble("/root", strerror(errno));
}

int main(int argc, char **argv)
{
	struct order order;
	int control;

	if (getpid() != 1)
		return cpuid_command(argc, argv);
	mount_all();
	make_devices();
	take_streams();
	signals_start();
	control = control_open();
	order = await_order(control);
	for (size_t i = 0; i < MOUNTS; i++)
		if (mounts[i].error)
			control_trouble(mounts[i].folder, strerror(mounts[i].error));
	if (!access("/modules", F_OK) && load_modules("/modules", control_trouble) < 0)
		control_trouble("/modules/load", strerror(errno));
	make_commands();
	make_environment(&order);
	if (order.mode == MODE_COMMAND)
		run_command(&order, control);
	else
		run_shell(&order, control);
	end_guest();
}
