// SPDX-License-Identifier: MIT
#include "console.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>

int console_open(void)
{
	/* Not /dev/console, which controls no session, and is another one where the scenario says so. */
	int console = open("/dev/ttyS0", O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct termios settings;

	if (console < 0 || tcgetattr(console, &settings))
		return console;
	settings.c_cflag |= CLOCAL | CREAD;
	cfsetspeed(&settings, B115200);
	tcsetattr(console, TCSANOW, &settings);
	return console;
}

void console_resize(int console, struct window_size size)
{
	struct winsize window = { .ws_row = size.rows, .ws_col = size.columns };

	if (size.rows && size.columns)
		ioctl(console, TIOCSWINSZ, &window);
}
