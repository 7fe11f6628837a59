// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "console.h"

#include <fcntl.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "drain.h"

void console_line(const char *line, const char *why)
{
	/* A line end before it too: the kernel's last line may be without one. */
	struct iovec parts[] = {
		{ .iov_base = "\n", .iov_len = 1 },
		{ .iov_base = (char *)line, .iov_len = strlen(line) },
		{ .iov_base = ": ", .iov_len = why ? 2 : 0 },
		{ .iov_base = (char *)why, .iov_len = why ? strlen(why) : 0 },
		{ .iov_base = "\n", .iov_len = 1 },
	};
	int console = open("/dev/console", O_WRONLY | O_NOCTTY | O_CLOEXEC);

	if (console < 0)
		return;
	if (writev(console, parts, sizeof(parts) / sizeof(parts[0])) >= 0)
		drain(console);
	close(console);
}
