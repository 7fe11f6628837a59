// SPDX-License-Identifier: MIT
#include <stdarg.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "override.h"

void refuse(const char *format, ...)
{
	char text[512] = "guise: override: ";
	const size_t prefix = sizeof("guise: override: ") - 1;
	va_list arguments;
	size_t length;
	int written;

	va_start(arguments, format);
	written = vsnprintf(text + prefix, sizeof(text) - prefix, format, arguments);
	va_end(arguments);

	length = prefix + (written > 0 ? (size_t)written : 0);
	if (length > sizeof(text) - 1)
		length = sizeof(text) - 1;
	text[length++] = '\n';

	/* One write, so that no other thread's output lands inside the line.  Nothing is left to do if it fails. */
	if (write(STDERR_FILENO, text, length) < 0)
		_exit(EX_CONFIG);

	/* Not exit(): QEMU's own handlers may wait for the thread that this runs in. */
	_exit(EX_CONFIG);
}
