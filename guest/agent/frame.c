// SPDX-License-Identifier: MIT
#include "frame.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void die(const char *what)
{
	fprintf(stderr, "guise-agent: %s: %s\n", what, strerror(errno));
	_exit(1);
}

void read_exactly(int port, void *bytes, size_t size)
{
	char *at = bytes;

	while (size) {
		ssize_t got = read(port, at, size);

		if (got < 0 && errno == EINTR)
			continue;
		/* A port whose far end is not connected reads as an end of file. */
		if (got <= 0)
			die("reading a port");
		at += got;
		size -= got;
	}
}

void write_exactly(int port, const void *bytes, size_t size)
{
	const char *at = bytes;

	while (size) {
		ssize_t put = write(port, at, size);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			die("writing to a port");
		at += put;
		size -= put;
	}
}

struct frame_header read_header(int port)
{
	struct frame_header header;

	read_exactly(port, &header, sizeof(header));
	return header;
}

void write_header(int port, uint32_t type, size_t size)
{
	struct frame_header header = { type, size };

	write_exactly(port, &header, sizeof(header));
}

void write_frame(int port, uint32_t type, const void *payload, size_t size)
{
	/* One write for what is short: each is an exit to the machine that carries the port. */
	char joined[sizeof(struct frame_header) + 4096];

	if (size > sizeof(joined) - sizeof(struct frame_header)) {
		write_header(port, type, size);
		write_exactly(port, payload, size);
		return;
	}
	memcpy(joined, &(struct frame_header){ type, size }, sizeof(struct frame_header));
	if (size)
		memcpy(joined + sizeof(struct frame_header), payload, size);
	write_exactly(port, joined, sizeof(struct frame_header) + size);
}
