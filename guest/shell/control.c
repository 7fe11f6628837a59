// SPDX-License-Identifier: MIT
#include "control.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static int line = -1;

/* What has come, from the beginning of a frame. */
static char held[sizeof(struct frame_header) + MAX_TO_GUEST];
static size_t held_size;
/* How much of it is the frame that was taken last. */
static size_t taken;

int control_open(void)
{
	static const struct hello hello = { SHELL_VERSION };
	struct termios settings;

	/* Every 8250 driver makes a ttyS1; one with no port behind it fails at its settings, with EIO. */
	line = open("/dev/ttyS1", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (line < 0)
		return -1;
	if (!tcgetattr(line, &settings)) {
		cfmakeraw(&settings);
		settings.c_cflag |= CLOCAL | CREAD;
		cfsetspeed(&settings, B115200);
		if (!tcsetattr(line, TCSANOW, &settings)) {
			control_send(FRAME_HELLO, &hello, sizeof(hello));
			return line;
		}
	}
	close(line);
	line = -1;
	return -1;
}

static void write_all(const void *bytes, size_t size)
{
	const char *next = bytes;

	while (size) {
		ssize_t written = write(line, next, size);

		if (written < 0 && errno != EINTR)
			return;
		if (written > 0) {
			next += written;
			size -= written;
		}
	}
}

void control_send(uint32_t type, const void *payload, size_t length)
{
	struct frame_header header = { type, length };

	if (line < 0)
		return;
	write_all(&header, sizeof(header));
	write_all(payload, length);
}

void control_trouble(const char *what, const char *why)
{
	struct frame_header header = { FRAME_TROUBLE, strlen(what) + 2 + strlen(why) };

	if (line < 0)
		return;
	write_all(&header, sizeof(header));
	write_all(what, strlen(what));
	write_all(": ", 2);
	write_all(why, strlen(why));
}

bool control_read(void)
{
	ssize_t got = read(line, held + held_size, sizeof(held) - held_size);

	if (got > 0)
		held_size += got;
	return got > 0 || (got < 0 && errno == EINTR);
}

const struct frame_header *control_take(const char **payload)
{
	/* Its payload lies behind it; aligned, for the buffer begins with it. */
	static struct frame_header header;

	memmove(held, held + taken, held_size - taken);
	held_size -= taken;
	taken = 0;
	if (held_size < sizeof(header))
		return NULL;
	memcpy(&header, held, sizeof(header));
	if (header.length > MAX_TO_GUEST) {
		/* No guise sends such a frame: nothing that follows could be told from another. */
		held_size = 0;
		control_trouble("control line", "a frame that is too long");
		return NULL;
	}
	if (held_size < sizeof(header) + header.length)
		return NULL;
	taken = sizeof(header) + header.length;
	*payload = held + sizeof(header);
	return &header;
}
