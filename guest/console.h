/* SPDX-License-Identifier: MIT */
#ifndef GUISE_CONSOLE_H
#define GUISE_CONSOLE_H

/* Writes "@line", or "@line: @why" where there is a reason, to the kernel's console and waits until it is out. */
void console_line(const char *line, const char *why);

#endif
