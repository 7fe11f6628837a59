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
		{ "\n", 1 },
		{ (char *)line, strlen(line) },
		{ ": ", why ? 2 : 0 },
		{ (char *)why, why ? strlen(why) : 0 },
		{ "\n", 1 },
	};
	int console = open("/dev/console", O_WRONLY | O_NOCTTY | O_CLOEXEC);

	if (console < 0 || writev(console, parts, sizeof(parts) / sizeof(parts[0])) < 0)
		return;
	drain(console);
	close(console);
}
