// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../drain.h"
#include "console.h"
#include "control.h"
#include "signals.h"

#define SHELL "/bin/sh"

/* As env(1) has it: a program that cannot be run. */
enum { NOT_RUN = 126 };

/*
 * Of syslog(2): what the kernel says on the console.  Errors are shown; the rest would stand in the midst of what is typed, and dmesg
 * has it.  A kernel that dies raises it by itself (console_verbose()).
 */
enum { SYSLOG_ACTION_CONSOLE_LEVEL = 8, ERRORS = 4 };

/* What a pipe holds (pipe(7)): the command's last words, and not what it has left running. */
enum { PIPE_BYTES = 65536 };

/* The standard streams of a process of its own session. */
static void take_streams(int in, int out, int err)
{
	signals_reset();
	setsid();
	dup2(in, 0);
	dup2(out, 1);
	dup2(err, 2);
}

int run_quietly(const char *path, char *const argv[])
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		signals_reset();
		execv(path, argv);
		_exit(NOT_RUN);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return pid < 0 ? -1 : status;
}

static pid_t start_shell(const struct order *order, int console)
{
	static const char end[] = ":\\w# ";
	char *prompt = malloc(strlen(order->name) + sizeof(end));
	pid_t pid = fork();

	if (pid)
		return pid;
	take_streams(console, console, console);
	ioctl(0, TIOCSCTTY, 1);
	if (prompt)
		setenv("PS1", strcat(strcpy(prompt, order->name), end), 1);
	execl(SHELL, "-sh", (char *)NULL);
	_exit(NOT_RUN);
}

static void take_sizes(int console)
{
	const struct frame_header *frame;
	struct window_size size;
	const char *payload;

	while ((frame = control_take(&payload))) {
		if (frame->type != FRAME_SIZE || frame->length != sizeof(size))
			continue;
		memcpy(&size, payload, sizeof(size));
		console_resize(console, size);
	}
}

void run_shell(const struct order *order, int control)
{
	/* poll(2) passes over a descriptor below 0. */
	struct pollfd end = { .fd = control, .events = POLLIN };
	int console = console_open(), status;
	pid_t shell;

	if (console < 0) {
		control_trouble("/dev/ttyS0", strerror(errno));
		return;
	}
	console_resize(console, order->size);
	klogctl(SYSLOG_ACTION_CONSOLE_LEVEL, NULL, ERRORS);
	shell = start_shell(order, console);
	if (shell < 0)
		control_trouble(SHELL, strerror(errno));
	while (shell > 0 && !end_is_wished() && !bury(shell, &status)) {
		wait_for(&end, 1);
		if (end.revents && !control_read())
			end.fd = -1;
		take_sizes(console);
	}
	/* Its last words. */
	drain(console);
}

/* The reading end of a pipe whose other is @far, or -1. */
static int open_pipe(int *far)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return -1;
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	*far = ends[1];
	return ends[0];
}

/* Passes on what is in a pipe now, up to @most bytes. False if nobody has its other end any more. */
static bool pass_on(int pipe, uint32_t type, size_t most)
{
	static char bytes[MAX_FROM_GUEST];
	size_t passed = 0;
	ssize_t got = 1;

	while (passed < most && (got = read(pipe, bytes, sizeof(bytes))) > 0) {
		control_send(type, bytes, got);
		passed += got;
	}
	return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

static void tell_end(int how)
{
	struct status status = { ENDED_BY_STATUS, WEXITSTATUS(how) };

	if (WIFSIGNALED(how))
		status = (struct status){ ENDED_BY_SIGNAL, WTERMSIG(how) };
	control_send(FRAME_STATUS, &status, sizeof(status));
}

static pid_t start_command(const struct order *order, int out, int err)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	/* PID 1 has /dev/null for its own. */
	take_streams(0, out, err);
	execl(SHELL, "sh", "-c", order->command, (char *)NULL);
	control_trouble(SHELL, strerror(errno));
	_exit(NOT_RUN);
}

void run_command(const struct order *order, int control)
{
	int out, err, status = 0;
	struct pollfd ends[] = { { .fd = open_pipe(&out), .events = POLLIN },
				 { .fd = open_pipe(&err), .events = POLLIN } };
	static const uint32_t types[] = { FRAME_OUTPUT, FRAME_ERROR };
	pid_t command = ends[0].fd < 0 || ends[1].fd < 0 ? -1 : start_command(order, out, err);

	if (command < 0) {
		control_trouble(SHELL, strerror(errno));
		drain(control);
		return;
	}
	close(out);
	close(err);
	while (!end_is_wished()) {
		/* Before what it wrote is taken: then nothing of that is left behind. */
		bool over = bury(command, &status);

		for (int i = 0; i < 2; i++)
			if (ends[i].fd >= 0 && (over || ends[i].revents) &&
			    !pass_on(ends[i].fd, types[i], over ? PIPE_BYTES : 1))
				ends[i].fd = -1;
		if (over) {
			tell_end(status);
			break;
		}
		wait_for(ends, 2);
	}
	drain(control);
}
