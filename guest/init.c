// SPDX-License-Identifier: MIT
/*
 * The guest's only process: reports what the kernel made of its CPU, then ends the guest. What matters most goes first,
 * for a guest in a borrowed guise may die at any moment.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "channel.h"
#include "clock.h"
#include "console.h"
#include "cpuid.h"
#include "cpus.h"
#include "devices.h"
#include "drivers.h"
#include "files.h"
#include "kernel-log.h"
#include "mounts.h"
#include "report.h"
#include "vmware-svga.h"

static void make_devices(void)
{
	/* Already there with devtmpfs; for a kernel without it, the numbers of admin-guide/devices.txt. */
	mknod("/dev/console", S_IFCHR | 0600, makedev(5, 1));
	mknod("/dev/kmsg", S_IFCHR | 0600, makedev(1, 11));
	mknod("/dev/ttyS1", S_IFCHR | 0600, makedev(4, 65));
}

static void begin(const struct channel *channel, const char *trouble, struct request *request)
{
	report_begin(channel);
	report_note("channel", channel->name);
	if (trouble)
		report_problem("shared memory", trouble);
	for (size_t i = 0; i < MOUNTS; i++)
		if (mounts[i].error)
			report_problem(mounts[i].folder, strerror(mounts[i].error));
	channel->receive(request);
	report_note("request", request->status);
}

static void collect(const struct request *request)
{
	collect_cpuid(request);
	report_note_number("cpuid-done-us", now_us());
	send_file("/proc/version");
	send_file("/proc/cmdline");
	send_file("/proc/sys/kernel/osrelease");
	collect_cpus();
	send_folder("/sys/hypervisor", 3);
	send_folder("/sys/class/dmi/id", 0);
	load_drivers();
	send_file("/proc/modules");
	collect_devices();
	/* What is there so far, should the wait for the clock sources never end. */
	collect_kernel_log();
	report_note_number("collected-us", now_us());
	collect_clocks();
	send_file("/proc/interrupts");
	drive_vmware_svga();
	collect_kernel_log();
}

static void end_guest(void)
{
	/* QEMU runs with -no-reboot, so this ends it; powering off is for a kernel that cannot reboot. */
	reboot(RB_AUTOBOOT);
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}

int main(void)
{
	static struct request request;
	const char *trouble = NULL, *no_port = NULL;
	const struct channel *channel;
	uint64_t start = now_us();

	mount_all();
	make_devices();
	channel = shared_memory_open(&trouble);
	if (!channel)
		channel = serial_open(&no_port);
	if (channel) {
		begin(channel, trouble, &request);
		report_note_number("init-start-us", start);
		collect(&request);
		report_note_number("init-end-us", now_us());
		console_line(report_end() ? COMPLETE_MARKER : TRUNCATED_MARKER, NULL);
	} else {
		console_line(NO_CHANNEL_MARKER, trouble ? trouble : no_port);
	}
	end_guest();
}
