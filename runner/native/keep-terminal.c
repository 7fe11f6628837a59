// SPDX-License-Identifier: MIT
/*
 * keep-terminal: puts a terminal into raw mode, says `raw`, and gives it back as it was when its standard input ends: when guise
 * is done with it, or has died, even by SIGKILL.  The terminal is read at descriptor 3 and written to at descriptor 4.
 *
 * A program of its own, no part of the override.  Node gives a terminal back only as it ends by itself.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { INPUT = 3, OUTPUT = 4 };

/* How long a terminal may take no more of what is written to it, in seconds. */
enum { PATIENCE = 2 };

/*
 * What a program in a guest may have left a terminal in, undone; each is nothing where it is not so (XTerm Control Sequences).
 * Margins go by way of a saved cursor, since to set them moves it.  The alternate screen goes by 1047: 1049 would move the cursor
 * of a terminal that is not there.
 */
static const char as_usual[] = "\033[?1047l"                                  /* the alternate screen */
			       "\0337\033[r\0338"                             /* margins */
			       "\033[?25h\033[?7h\033[4l\033[?1l\033>"        /* cursor, wrapping, inserting, keys */
			       "\033[?9l\033[?1000l\033[?1001l\033[?1002l"    /* the mouse */
			       "\033[?1003l\033[?1005l\033[?1006l\033[?1015l" /* and how it is told */
			       "\033[?1004l\033[?2004l"                       /* focus, bracketed paste */
			       "\017\033(B\033[0m";                           /* letters, colours */

static bool obeys_sequences(void)
{
	const char *term = getenv("TERM");

	return term && *term && strcmp(term, "dumb") != 0;
}

/* In the background a terminal is somebody else's. */
static bool in_background(void)
{
	pid_t foreground = tcgetpgrp(INPUT);

	return foreground > 0 && foreground != getpgrp();
}

static int refuse(const char *why)
{
	fprintf(stderr, "%s\n", why);
	return 1;
}

int main(void)
{
	struct termios before, raw;
	ssize_t got;
	char byte;

	if (tcgetattr(INPUT, &before) != 0)
		return refuse(strerror(errno));
	if (in_background())
		return refuse("guise is in the background");
	/* No signal of the terminal's is for this; and who is not of its session may set it at any time. */
	setsid();
	for (int signal = SIGHUP; signal <= SIGTERM; signal++)
		if (signal != SIGKILL && signal != SIGALRM)
			sigaction(signal, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL);
	raw = before;
	cfmakeraw(&raw);
	if (tcsetattr(INPUT, TCSANOW, &raw) != 0)
		return refuse(strerror(errno));
	/* Whoever should hear it may be gone already. */
	if (puts("raw") >= 0)
		fflush(stdout);
	do
		got = read(0, &byte, 1);
	while (got > 0 || (got < 0 && errno == EINTR));
	tcsetattr(INPUT, TCSANOW, &before);
	alarm(PATIENCE);
	if (obeys_sequences() && write(OUTPUT, as_usual, sizeof(as_usual) - 1) < 0)
		return 1;
	return 0;
}
