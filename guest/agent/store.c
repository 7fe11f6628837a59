// SPDX-License-Identifier: MIT
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "frame.h"

static int is_hex(const char *name)
{
	return strspn(name, "0123456789abcdef") == SHA256_HEX;
}

/* Goes on reading after a failure, so that the next frame is found. */
static int copy_content(int port, int file, uint32_t length)
{
	static char chunk[0x10000];
	int error = file < 0 ? errno : 0;

	while (length) {
		size_t size = length < sizeof(chunk) ? length : sizeof(chunk);

		read_exactly(port, chunk, size);
		length -= size;
		for (size_t done = 0; !error && done < size;) {
			ssize_t put = write(file, chunk + done, size - done);

			if (put < 0)
				error = errno;
			else
				done += put;
		}
	}
	return error;
}

void store_file(int port, uint32_t length)
{
	char name[SHA256_HEX + 1] = "";
	char path[128], partial[160];
	int file, error;

	if (length < SHA256_HEX) {
		errno = EPROTO;
		die("a file without a name");
	}
	read_exactly(port, name, SHA256_HEX);
	if (!is_hex(name)) {
		errno = EPROTO;
		die("a file whose name is no SHA-256");
	}
	snprintf(path, sizeof(path), STORE_FOLDER "/%s", name);
	/* Two slots may be given one file at the same time. */
	snprintf(partial, sizeof(partial), "%s.%d", path, getpid());
	file = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	error = copy_content(port, file, length - SHA256_HEX);
	if (file >= 0)
		close(file);
	if (!error && rename(partial, path))
		error = errno;
	if (error) {
		unlink(partial);
		write_frame(port, FRAME_REFUSED, strerror(error), strlen(strerror(error)));
		return;
	}
	write_frame(port, FRAME_STORED, name, SHA256_HEX);
}
