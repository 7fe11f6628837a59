// SPDX-License-Identifier: MIT
/*
 * confine PID COMMAND [ARG]...: runs a command with an empty network of its own where the machine lets it
 * (network_namespaces(7)), and has it killed when its parent, of this process id, dies (prctl(2), PR_SET_PDEATHSIG).
 * Alone it says how a network would be had: "root", "user-namespace" or "none".
 *
 * A program of its own, no part of the override.  It does what unshare(1) and setpriv(1) would, without a trial beforehand
 * and without a dynamic loader: each guest waits for it.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* As env(1) has it. */
enum { FOUND_NOT_RUN = 126, NOT_FOUND = 127 };

static bool write_file(const char *path, const char *text)
{
	int file = open(path, O_WRONLY | O_CLOEXEC);
	bool written = file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text);

	if (file >= 0)
		close(file);
	return written;
}

/* In a user name space of its own a process may do that, and stays who it is: user_namespaces(7). */
static bool own_network_as_user(void)
{
	char users[64], groups[64];

	snprintf(users, sizeof(users), "%u %u 1", geteuid(), geteuid());
	snprintf(groups, sizeof(groups), "%u %u 1", getegid(), getegid());
	return unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0 && write_file("/proc/self/setgroups", "deny") &&
	       write_file("/proc/self/uid_map", users) && write_file("/proc/self/gid_map", groups);
}

/* Half of it cannot be undone: a machine may let a process make such a name space, and then let it be nobody there. */
static bool is_let(bool (*act)(void))
{
	int status = 1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(!act());
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return pid > 0 && status == 0;
}

static const char *own_network(void)
{
	if (unshare(CLONE_NEWNET) == 0)
		return "root";
	return is_let(own_network_as_user) && own_network_as_user() ? "user-namespace" : "none";
}

int main(int argc, char **argv)
{
	const char *means = own_network();

	if (argc < 3)
		return puts(means) < 0;
	/* Last: a change of credentials, which a new user name space is, clears it. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != atoi(argv[1]))
		return 1;
	execvp(argv[2], argv + 2);
	fprintf(stderr, "guise: cannot run %s: %s\n", argv[2], strerror(errno));
	return errno == ENOENT ? NOT_FOUND : FOUND_NOT_RUN;
}
