// SPDX-License-Identifier: MIT
/*
 * PID 1 of the nested host: loads KVM, and gives each port that guise has connected a process that serves it. Where one
 * of those ends, something is broken that only a new host mends: PID 1 ends this one, and guise sees its QEMU go.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../modules.h"
#include "../mounts.h"
#include "frame.h"
#include "ports.h"
#include "slot.h"
#include "store.h"

static void make_folders(void)
{
	mount_all();
	for (size_t i = 0; i < MOUNTS; i++) {
		errno = mounts[i].error;
		if (errno)
			die(mounts[i].folder);
	}
	mkdir(STORE_FOLDER, 0755);
	mkdir("/slots", 0755);
}

static void start_slot(const char *name, int port)
{
	char folder[64];
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (pid > 0) {
		close(port);
		return;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(folder, sizeof(folder), "/slots/%s", name);
	if (mkdir(folder, 0755) || chdir(folder))
		die(folder);
	serve_slot(port);
}

static void module_failed(const char *name, const char *why)
{
	fprintf(stderr, "guise-agent: %s: %s\n", name, why);
	_exit(1);
}

/* Returns, or ends the process, when there is nothing left to hope for. */
static void run(void)
{
	make_folders();
	if (load_modules("/modules", module_failed) < 0)
		die("/modules/load");
	if (access("/dev/kvm", R_OK | W_OK))
		die("/dev/kvm");
	if (for_each_port(PORT_PREFIX, start_slot) == 0)
		die("no port named " PORT_PREFIX "*");
	wait(NULL);
	fprintf(stderr, "guise-agent: a slot has ended\n");
}

int main(void)
{
	/* In a child, so that die() may end it: without PID 1 the kernel panics, which reads like a fault of its own. */
	pid_t pid = fork();

	if (pid == 0) {
		run();
		_exit(1);
	}
	/* Orphans come to PID 1, too. */
	while (wait(NULL) != pid)
		;
	reboot(RB_AUTOBOOT);
	return 1;
}
