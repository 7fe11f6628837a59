// SPDX-License-Identifier: MIT
#include "guest.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "frame.h"

#define MAX_WORDS 1024

const struct guest no_guest = { 0, -1, -1, -1, -1, -1, -1, 0 };

/* The words of a start: the environment's, a NULL, the arguments, a NULL. */
static char *words[MAX_WORDS + 2];

/* The agent itself looks for nothing that a frame names, so that a bad one costs a guest and not the host. */
static int split(char *text, size_t length, const struct start_header *start)
{
	char *at = text, *end = text + length;
	size_t word = 0;

	if (start->variables > MAX_WORDS || start->arguments > MAX_WORDS - start->variables || !start->arguments)
		return E2BIG;
	for (uint32_t i = 0; i < start->variables + start->arguments; i++) {
		char *nul = memchr(at, 0, end - at);

		if (!nul)
			return EPROTO;
		if (i == start->variables)
			words[word++] = NULL;
		words[word++] = at;
		at = nul + 1;
	}
	words[word] = NULL;
	return at == end ? 0 : EPROTO;
}

static int make_report(struct guest *guest, const char *request, const struct start_header *start)
{
	unlink("report");
	guest->report = open("report", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	guest->report_size = start->report_size;
	if (guest->report < 0 || ftruncate(guest->report, start->report_size) ||
	    pwrite(guest->report, request, start->request_size, 0) != (ssize_t)start->request_size)
		return errno;
	return 0;
}

static int make_console(struct guest *guest)
{
	unlink("console");
	if (mkfifo("console", 0600))
		return errno;
	guest->console = open("console", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	return guest->console < 0 ? errno : 0;
}

static void become_qemu(int monitor_end, int stdout_end, int stderr_end, int trouble, char **environment,
			char **arguments)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(monitor_end, 0);
	dup2(stdout_end, 1);
	dup2(stderr_end, 2);
	execve(arguments[0], arguments, environment);
	/* Closes by itself where the program starts, so that what is read from it is a failure. */
	(void)!write(trouble, &errno, sizeof(errno));
	_exit(127);
}

static void close_end(int descriptor)
{
	if (descriptor >= 0)
		close(descriptor);
}

static void close_pipe(int ends[2])
{
	close_end(ends[0]);
	close_end(ends[1]);
}

/* Of a pipe that QEMU writes to, or of its monitor, the end that is read here. */
static int keep_reading_end(int ends[2])
{
	close(ends[1]);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	return ends[0];
}

static int spawn(struct guest *guest, char **environment, char **arguments)
{
	int monitor[2] = { -1, -1 }, out[2] = { -1, -1 }, err[2] = { -1, -1 }, trouble[2], error = 0;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, monitor) || pipe2(out, O_CLOEXEC) ||
	    pipe2(err, O_CLOEXEC) || pipe2(trouble, O_CLOEXEC)) {
		error = errno;
		close_pipe(monitor);
		close_pipe(out);
		close_pipe(err);
		return error;
	}
	guest->pid = fork();
	if (guest->pid == 0)
		become_qemu(monitor[1], out[1], err[1], trouble[1], environment, arguments);
	if (guest->pid < 0)
		error = errno;
	guest->monitor = keep_reading_end(monitor);
	guest->stdout_pipe = keep_reading_end(out);
	guest->stderr_pipe = keep_reading_end(err);
	close(trouble[1]);
	if (!error && read(trouble[0], &error, sizeof(error)) > 0)
		waitpid(guest->pid, NULL, 0);
	close(trouble[0]);
	if (error) {
		guest->pid = 0;
		return error;
	}
	guest->pidfd = syscall(SYS_pidfd_open, guest->pid, 0);
	if (guest->pidfd < 0)
		die("pidfd_open");
	return 0;
}

int guest_start(struct guest *guest, const char *payload, size_t length)
{
	struct start_header start;
	static char text[MAX_SHORT_PAYLOAD];
	size_t rest;
	int error;

	if (length < sizeof(start))
		return EPROTO;
	memcpy(&start, payload, sizeof(start));
	rest = length - sizeof(start);
	if (start.request_size > rest || start.request_size > start.report_size)
		return EPROTO;
	rest -= start.request_size;
	memcpy(text, payload + sizeof(start) + start.request_size, rest);
	error = split(text, rest, &start);
	if (!error)
		error = make_report(guest, payload + sizeof(start), &start);
	if (!error)
		error = make_console(guest);
	if (!error)
		error = spawn(guest, words, words + start.variables + 1);
	return error;
}

int guest_reap(struct guest *guest)
{
	int status = 0;

	waitpid(guest->pid, &status, 0);
	guest->pid = 0;
	close(guest->pidfd);
	return status;
}

void guest_forget(struct guest *guest)
{
	close_end(guest->console);
	close_end(guest->stdout_pipe);
	close_end(guest->stderr_pipe);
	close_end(guest->monitor);
	close_end(guest->report);
	unlink("report");
	unlink("console");
	unlink("picture");
	*guest = no_guest;
}
