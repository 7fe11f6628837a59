// SPDX-License-Identifier: MIT
#include "send.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "frame.h"

/*
 * The most that is forwarded before guise is listened to again: a guest that writes faster than this forwards would otherwise
 * leave every heartbeat unanswered. A pipe holds no more (pipe(7), /proc/sys/fs/pipe-max-size), so that what a guest leaves
 * behind fits in one go.
 */
#define FORWARD_BYTES 0x100000

void forward(int port, int *pipe, uint32_t type)
{
	static char bytes[MAX_SHORT_PAYLOAD];
	size_t held = 0;
	ssize_t got = 1;
	bool over;

	if (*pipe < 0)
		return;
	/* A writer that keeps pace with this loop would otherwise get a frame for each of its bytes. */
	for (size_t taken = 0; taken < FORWARD_BYTES; taken += got) {
		got = read(*pipe, bytes + held, sizeof(bytes) - held);
		if (got <= 0)
			break;
		held += got;
		if (held == sizeof(bytes)) {
			write_frame(port, type, bytes, held);
			held = 0;
		}
	}
	over = got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
	if (held)
		write_frame(port, type, bytes, held);
	if (!over)
		return;
	close(*pipe);
	*pipe = -1;
}

void send_report(int port, const struct guest *guest)
{
	size_t size = guest->report_size;
	const char *memory = size ? mmap(NULL, size, PROT_READ, MAP_SHARED, guest->report, 0) : NULL;

	if (memory == MAP_FAILED)
		die("the report");
	while (size && !memory[size - 1])
		size--;
	write_header(port, FRAME_REPORT, size);
	write_exactly(port, memory, size);
	if (memory)
		munmap((void *)memory, guest->report_size);
}

void send_picture(int port)
{
	static char bytes[MAX_SHORT_PAYLOAD];
	int file = open("picture", O_RDONLY | O_CLOEXEC);
	struct stat status;
	size_t left = 0, part;

	if (file >= 0 && !fstat(file, &status) && status.st_size <= MAX_PICTURE)
		left = status.st_size;
	write_header(port, FRAME_PICTURE, left);
	for (; left; left -= part) {
		ssize_t got;

		part = left < sizeof(bytes) ? left : sizeof(bytes);
		got = read(file, bytes, part);
		/* As much as was promised, whatever has become of the file. */
		if (got < (ssize_t)part)
			memset(bytes + (got < 0 ? 0 : got), 0, part - (got < 0 ? 0 : got));
		write_exactly(port, bytes, part);
	}
	if (file >= 0)
		close(file);
}

void send_exit(int port, uint32_t kind, uint32_t value)
{
	struct exit_status status = { kind, value };

	write_frame(port, FRAME_EXIT, &status, sizeof(status));
}
