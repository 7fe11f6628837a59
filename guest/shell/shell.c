// SPDX-License-Identifier: MIT
/*
 * PID 1 of a guest that is to be looked into: a shell of busybox on the console, or one command, as the host asks for on the second
 * serial port (PROTOCOL.md). By the name of cpuid it prints what CPUID answers.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "../drain.h"
#include "../modules.h"
#include "../mounts.h"
#include "print-cpuid.h"

#define CONSOLE "/dev/ttyS0"
#define CONTROL "/dev/ttyS1"
#define BUSYBOX "/bin/busybox"

/* syslog(2): the level of what the console shows. */
#define SYSLOG_ACTION_CONSOLE_LEVEL 8

/* A command of the host's, and what a write carries at a time. */
#define MAX_COMMAND 0x10000
#define MAX_CHUNK 0x1000

static int control = -1;

static void write_all(int fd, const void *bytes, size_t size)
{
	const char *next = bytes;

	while (size) {
		ssize_t written = write(fd, next, size);

		if (written < 0 && errno != EINTR)
			return;
		if (written > 0) {
			next += written;
			size -= written;
		}
	}
}

static void say(const char *text)
{
	write_all(control, text, strlen(text));
}

/* Reads a line without its end; false where the line is gone. */
static bool read_line(char *line, size_t size)
{
	size_t length = 0;
	char byte;

	while (read(control, &byte, 1) == 1) {
		if (byte == '\n') {
			line[length] = 0;
			return true;
		}
		if (length + 1 < size)
			line[length++] = byte;
	}
	return false;
}

static bool read_bytes(char *bytes, size_t size)
{
	while (size) {
		ssize_t got = read(control, bytes, size);

		if (got <= 0)
			return false;
		bytes += got;
		size -= got;
	}
	return true;
}

static void end_guest(int status)
{
	char line[32];

	snprintf(line, sizeof(line), "exit %d\n", status);
	say(line);
	drain(control);
	sync();
	/* QEMU runs with -no-reboot, so this ends it; powering off is for a kernel that cannot reboot. */
	reboot(RB_AUTOBOOT);
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}

static void module_failed(const char *name, const char *why)
{
	fprintf(stderr, "guise: %s: %s\n", name, why);
}

static void prepare(void)
{
	mount_all();
	mknod("/dev/console", S_IFCHR | 0600, makedev(5, 1));
	mknod("/dev/null", S_IFCHR | 0666, makedev(1, 3));
	mknod("/dev/kmsg", S_IFCHR | 0600, makedev(1, 11));
	mknod(CONSOLE, S_IFCHR | 0600, makedev(4, 64));
	mknod(CONTROL, S_IFCHR | 0600, makedev(4, 65));
	mkdir("/dev/pts", 0755);
	mount("devpts", "/dev/pts", "devpts", 0, NULL);
	mkdir("/tmp", 01777);
	setenv("PATH", "/bin:/sbin", 1);
	setenv("HOME", "/", 1);
	if (fork() == 0) {
		execl(BUSYBOX, BUSYBOX, "--install", "-s", "/bin", (char *)NULL);
		_exit(127);
	}
	wait(NULL);
	load_modules("/modules", module_failed);
}

static bool open_control(void)
{
	struct termios settings;

	control = open(CONTROL, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (control < 0 || tcgetattr(control, &settings))
		return false;
	cfmakeraw(&settings);
	cfsetspeed(&settings, B115200);
	settings.c_cflag |= CLOCAL | CREAD;
	return !tcsetattr(control, TCSANOW, &settings);
}

static int status_of(int state)
{
	return WIFSIGNALED(state) ? 128 + WTERMSIG(state) : WEXITSTATUS(state);
}

static void set_size(int console, const char *size)
{
	struct winsize window = { 0 };

	if (sscanf(size, "%hu %hu", &window.ws_row, &window.ws_col) == 2)
		ioctl(console, TIOCSWINSZ, &window);
}

static void start_shell(const char *term, const char *name)
{
	char prompt[160];
	int console = open(CONSOLE, O_RDWR | O_NOCTTY);

	setsid();
	ioctl(console, TIOCSCTTY, 1);
	for (int fd = 0; fd <= 2; fd++)
		dup2(console, fd);
	if (console > 2)
		close(console);
	snprintf(prompt, sizeof(prompt), "%s# ", name);
	setenv("PS1", prompt, 1);
	setenv("TERM", term, 1);
	execl(BUSYBOX, "sh", (char *)NULL);
	_exit(127);
}

/* Runs until the shell ends; the host tells of the terminal's size meanwhile. */
static int run_shell(const char *size, const char *term, const char *name)
{
	int console = open(CONSOLE, O_RDWR | O_NOCTTY | O_CLOEXEC);
	pid_t shell, gone;
	int state = 0;

	set_size(console, size);
	/* What a kernel still has to say would stand in the middle of what is typed; dmesg has it. */
	klogctl(SYSLOG_ACTION_CONSOLE_LEVEL, NULL, 1);
	shell = fork();
	if (shell == 0)
		start_shell(term, name);
	for (;;) {
		struct pollfd line = { .fd = control, .events = POLLIN };
		char words[64];

		while ((gone = waitpid(-1, &state, WNOHANG)) > 0)
			if (gone == shell)
				return status_of(state);
		if (poll(&line, 1, 50) > 0 && read_line(words, sizeof(words)) && !strncmp(words, "size ", 5))
			set_size(console, words + 5);
	}
}

/* Passes on what came; false at its end. */
static bool pass_on(int from, const char *kind)
{
	char bytes[MAX_CHUNK], line[32];
	ssize_t got = read(from, bytes, sizeof(bytes));

	if (got <= 0)
		return got < 0 && errno == EINTR;
	snprintf(line, sizeof(line), "%s %zd\n", kind, got);
	say(line);
	write_all(control, bytes, got);
	return true;
}

static int run_command(const char *command)
{
	static const char *const kinds[] = { "out", "err" };
	struct pollfd pipes[2];
	int ends[2][2], open_pipes = 2, state = 0;
	pid_t child;

	for (int i = 0; i < 2; i++)
		if (pipe2(ends[i], O_CLOEXEC))
			return 127;
	child = fork();
	if (child == 0) {
		int null = open("/dev/null", O_RDONLY);

		setsid();
		dup2(null, 0);
		dup2(ends[0][1], 1);
		dup2(ends[1][1], 2);
		execl(BUSYBOX, "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	for (int i = 0; i < 2; i++) {
		close(ends[i][1]);
		pipes[i] = (struct pollfd){ .fd = ends[i][0], .events = POLLIN };
	}
	while (open_pipes) {
		poll(pipes, 2, -1);
		for (int i = 0; i < 2; i++)
			if (pipes[i].fd >= 0 && pipes[i].revents && !pass_on(pipes[i].fd, kinds[i])) {
				pipes[i].fd = -1;
				open_pipes--;
			}
	}
	while (waitpid(child, &state, 0) < 0 && errno == EINTR)
		;
	return status_of(state);
}

static void serve(void)
{
	static char command[MAX_COMMAND + 1];
	char line[256], size[32], term[64], name[112];
	unsigned int rows, columns;
	size_t length;

	say("ready\n");
	if (!read_line(line, sizeof(line)))
		return;
	if (sscanf(line, "shell %u %u %63s %111s", &rows, &columns, term, name) == 4) {
		snprintf(size, sizeof(size), "%u %u", rows, columns);
		end_guest(run_shell(size, term, name));
	}
	if (sscanf(line, "exec %zu", &length) == 1 && length <= MAX_COMMAND && read_bytes(command, length))
		end_guest(run_command(command));
}

int main(int argc, char **argv)
{
	if (argc > 0 && !strcmp(basename(argv[0]), "cpuid"))
		return print_cpuid();
	prepare();
	if (open_control())
		serve();
	end_guest(127);
}
