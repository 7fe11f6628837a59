// SPDX-License-Identifier: MIT
/* The channel where there is no PCI: the second serial port. The first header is a hello, which the host answers. */
#include "channel.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "drain.h"

/* How long the host may take to answer, in milliseconds. It has nothing to do but to write a page it has ready. */
#define ANSWER_MS 2000

static int port = -1;

static bool append(const void *bytes, size_t size)
{
	const uint8_t *next = bytes;

	while (size) {
		ssize_t written = write(port, next, size);

		if (written < 0 && errno != EINTR)
			return false;
		if (written > 0) {
			next += written;
			size -= written;
		}
	}
	return true;
}

static void publish(const struct report_header *header)
{
	/* A stream cannot be updated in place: only the hello and the end are worth their bytes. */
	if (header->state != STATE_RUNNING || header->records + header->lost == 0)
		append(header, sizeof(*header));
}

static void receive(struct request *request)
{
	static uint8_t bytes[REQUEST_SIZE];
	struct pollfd answer = { .fd = port, .events = POLLIN };
	size_t length = 0;

	while (!request_decode(request, bytes, length) && length < sizeof(bytes)) {
		ssize_t got = poll(&answer, 1, ANSWER_MS) > 0 ? read(port, bytes + length, sizeof(bytes) - length) : 0;

		if (got <= 0)
			return;
		length += got;
	}
}

static void flush(void)
{
	drain(port);
}

static const struct channel channel = { "serial", append, publish, receive, flush };

const struct channel *serial_open(const char **why)
{
	struct termios settings;

	/* Every 8250 driver makes a ttyS1; one with no port behind it fails at its settings, with EIO. */
	port = open("/dev/ttyS1", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (port >= 0 && !tcgetattr(port, &settings)) {
		cfmakeraw(&settings);
		settings.c_cflag |= CLOCAL | CREAD;
		cfsetspeed(&settings, B115200);
		if (!tcsetattr(port, TCSANOW, &settings))
			return &channel;
	}
	*why = strerror(errno);
	if (port >= 0)
		close(port);
	port = -1;
	return NULL;
}
