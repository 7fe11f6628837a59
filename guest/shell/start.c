// SPDX-License-Identifier: MIT
#include "start.h"

#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "control.h"

/* How long guise may take to answer, in milliseconds. It has nothing to do but to write what it has ready. */
#define ANSWER_MS 30000

static void keep_request(const char *bytes, size_t size)
{
	int file = open(REQUEST_FILE, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (file < 0)
		return;
	if (write(file, bytes, size) != (ssize_t)size)
		unlink(REQUEST_FILE);
	close(file);
}

/* Takes a text with its NUL from what is left; an empty one where there is none. */
static const char *take_text(char **rest, const char *end)
{
	const char *text = *rest, *stop = memchr(text, 0, end - text);

	if (!stop)
		return "";
	*rest += stop + 1 - text;
	return text;
}

static bool decode(struct order *order, const char *payload, size_t length)
{
	static char texts[MAX_TO_GUEST + 1];
	struct start start;
	char *rest = texts;

	if (length < sizeof(start))
		return false;
	memcpy(&start, payload, sizeof(start));
	length -= sizeof(start);
	if (start.request_size > length)
		return false;
	keep_request(payload + sizeof(start), start.request_size);
	length -= start.request_size;
	memcpy(texts, payload + sizeof(start) + start.request_size, length);
	order->mode = start.mode;
	order->size = (struct window_size){ start.rows, start.columns };
	order->name = take_text(&rest, texts + length);
	order->term = take_text(&rest, texts + length);
	order->command = take_text(&rest, texts + length);
	return true;
}

struct order await_order(int control)
{
	struct order order = { MODE_SHELL, { 0, 0 }, "guise", "vt100", "" };
	struct pollfd answer = { .fd = control, .events = POLLIN };
	const struct frame_header *frame;
	const char *payload;

	while (control >= 0 && poll(&answer, 1, ANSWER_MS) > 0 && control_read())
		while ((frame = control_take(&payload)))
			if (frame->type == FRAME_START && decode(&order, payload, frame->length))
				return order;
	return order;
}
