/* SPDX-License-Identifier: MIT */
/* The console, which is somebody's terminal: the first serial port. */
#ifndef GUISE_SHELL_CONSOLE_H
#define GUISE_SHELL_CONSOLE_H

#include "protocol.h"

/* Opens the console as nobody's controlling terminal. Returns -1 with errno set where there is none. */
int console_open(void);

/* Says how large it is; whoever is in the foreground hears of it by SIGWINCH. A size of 0 says nothing. */
void console_resize(int console, struct window_size size);

#endif
