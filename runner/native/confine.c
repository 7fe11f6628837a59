// SPDX-License-Identifier: MIT
/*
 * confine PID MEGABYTES COMMAND [ARG]...: runs a command with an empty network of its own where the machine lets it
 * (network_namespaces(7)), with limits on what it may take (setrlimit(2)), and has it killed when its parent, of this process
 * id, dies (prctl(2), PR_SET_PDEATHSIG).  MEGABYTES limits its memory; 0 does not.
 * Alone it says how a network would be had: "root", "user-namespace" or "none"; and in a second word, "nobody", whether a
 * process of it may become NOBODY.
 *
 * A program of its own, no part of the override.  It does what unshare(1) and setpriv(1) would, without a trial beforehand
 * and without a dynamic loader: each guest waits for it.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* As env(1) has it. */
enum { FOUND_NOT_RUN = 126, NOT_FOUND = 127 };

/* The user, and the group, that owns nothing on any Linux (user_namespaces(7), overflowuid). */
enum { NOBODY = 65534 };

/* In bytes: the largest picture of a screen is a tenth of it.  A guest that makes QEMU write without end is ended by SIGXFSZ. */
static const rlim_t most_written = 256ul << 20;

/* Processes and threads of the same user: 255 CPUs and QEMU's own threads, of some guests at a time. */
static const rlim_t most_threads = 8192;

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

static bool become_nobody(void)
{
	return geteuid() == 0 && setgroups(0, NULL) == 0 && setgid(NOBODY) == 0 && setuid(NOBODY) == 0;
}

/* Lowers what is allowed to at most `most`; one that is lower already stays. */
static bool limit(int resource, rlim_t most)
{
	struct rlimit now;

	if (getrlimit(resource, &now) != 0)
		return false;
	if (now.rlim_max < most)
		most = now.rlim_max;
	return setrlimit(resource, &(struct rlimit){ most, most }) == 0;
}

static bool limit_all(rlim_t megabytes)
{
	/* What is writable and its own: an address space has large holes, which cost nothing. */
	return (megabytes == 0 || limit(RLIMIT_DATA, megabytes << 20)) && limit(RLIMIT_FSIZE, most_written) &&
	       limit(RLIMIT_CORE, 0) && (geteuid() != 0 || limit(RLIMIT_NPROC, most_threads));
}

int main(int argc, char **argv)
{
	const char *means = own_network();

	if (argc < 4)
		return printf("%s%s\n", means, is_let(become_nobody) ? " nobody" : "") < 0;
	if (!limit_all(strtoul(argv[2], NULL, 10)))
		return 1;
	/* For whoever is not root a script may need it: sudo(8). */
	if (geteuid() == 0)
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	/* Last: a change of credentials, which a new user name space is, clears it. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != atoi(argv[1]))
		return 1;
	execvp(argv[3], argv + 3);
	fprintf(stderr, "guise: cannot run %s: %s\n", argv[3], strerror(errno));
	return errno == ENOENT ? NOT_FOUND : FOUND_NOT_RUN;
}
