// SPDX-License-Identifier: MIT
#include "slot.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include "frame.h"
#include "guest.h"
#include "send.h"
#include "store.h"

/*
 * A guest's console comes a byte at a time, and each frame costs more than that byte did: what came in so many
 * milliseconds goes out together. The FIFO holds 64 KB, more than an emulated serial port makes in that time.
 */
#define CONSOLE_PERIOD_MS 20

/* How long QEMU has to end by itself after SIGTERM. */
#define GRACE_MS 3000

static struct guest guest;
static int64_t console_due, kill_due;

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static void start(int port, const char *payload, uint32_t length)
{
	int error;

	if (guest.pid) {
		write_frame(port, FRAME_REFUSED, "a guest runs already", 20);
		return;
	}
	console_due = 0;
	kill_due = 0;
	error = guest_start(&guest, payload, length);
	if (error) {
		guest_forget(&guest);
		send_exit(port, EXIT_NEVER_RAN, error);
	}
}

static void finish(int port)
{
	int status = guest_reap(&guest);

	forward(port, &guest.console, FRAME_CONSOLE);
	forward(port, &guest.stdout_pipe, FRAME_STDOUT);
	forward(port, &guest.stderr_pipe, FRAME_STDERR);
	forward(port, &guest.monitor, FRAME_ANSWER);
	send_report(port, &guest);
	guest_forget(&guest);
	if (WIFSIGNALED(status))
		send_exit(port, EXIT_BY_SIGNAL, WTERMSIG(status));
	else
		send_exit(port, EXIT_BY_STATUS, WEXITSTATUS(status));
}

static void end(void)
{
	if (!guest.pid || kill_due)
		return;
	kill(guest.pid, SIGTERM);
	kill_due = now_ms() + GRACE_MS;
}

static void handle_frame(int port)
{
	static char payload[MAX_SHORT_PAYLOAD];
	struct frame_header header = read_header(port);

	if (header.type == FRAME_FILE) {
		store_file(port, header.length);
		return;
	}
	if (header.length > sizeof(payload)) {
		errno = EMSGSIZE;
		die("a frame");
	}
	read_exactly(port, payload, header.length);
	switch (header.type) {
	case FRAME_PING:
		write_frame(port, FRAME_PONG, payload, header.length);
		break;
	case FRAME_START:
		start(port, payload, header.length);
		break;
	case FRAME_LOOK:
		/* One that comes when the guest has ended is answered by the report sent then. */
		if (guest.pid)
			send_report(port, &guest);
		break;
	case FRAME_END:
		end();
		break;
	case FRAME_ASK:
		/* The end does not block: a QEMU that does not read what it is asked does not answer either. */
		if (guest.monitor >= 0)
			send(guest.monitor, payload, header.length, MSG_NOSIGNAL);
		break;
	case FRAME_SHOW:
		send_picture(port);
		break;
	default:
		errno = EPROTO;
		die("a frame");
	}
}

/* The milliseconds until something is due, or -1. */
static int next_due(int64_t now)
{
	int64_t due = guest.console >= 0 && console_due > now ? console_due : INT64_MAX;

	if (guest.pid && kill_due && kill_due < due)
		due = kill_due;
	if (due == INT64_MAX)
		return -1;
	return due > now ? due - now : 0;
}

void serve_slot(int port)
{
	uint32_t version = AGENT_VERSION;

	guest = no_guest;
	write_frame(port, FRAME_HELLO, &version, sizeof(version));
	for (;;) {
		int64_t now = now_ms();
		/* poll() skips what is -1. */
		struct pollfd ready[] = {
			{ port, POLLIN, 0 },
			{ guest.pid ? guest.pidfd : -1, POLLIN, 0 },
			{ console_due > now ? -1 : guest.console, POLLIN, 0 },
			{ guest.stdout_pipe, POLLIN, 0 },
			{ guest.stderr_pipe, POLLIN, 0 },
			{ guest.monitor, POLLIN, 0 },
		};

		/* What cannot wait would turn for good, and answer nothing. */
		if (poll(ready, sizeof(ready) / sizeof(ready[0]), next_due(now)) < 0 && errno != EINTR)
			die("poll");
		if (ready[2].revents) {
			forward(port, &guest.console, FRAME_CONSOLE);
			console_due = now_ms() + CONSOLE_PERIOD_MS;
		}
		if (ready[3].revents)
			forward(port, &guest.stdout_pipe, FRAME_STDOUT);
		if (ready[4].revents)
			forward(port, &guest.stderr_pipe, FRAME_STDERR);
		if (ready[5].revents)
			forward(port, &guest.monitor, FRAME_ANSWER);
		if (ready[1].revents)
			finish(port);
		else if (guest.pid && kill_due && now_ms() >= kill_due)
			kill(guest.pid, SIGKILL);
		if (ready[0].revents)
			handle_frame(port);
	}
}
