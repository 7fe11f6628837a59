/* SPDX-License-Identifier: MIT */
/* A way out of the guest: shared memory, or the second serial port. */
#ifndef GUISE_CHANNEL_H
#define GUISE_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>

#include "protocol.h"
#include "request.h"

struct channel {
	const char *name;
	/* Appends a whole record. False if there is no room left for it; nothing is written then. */
	bool (*append)(const void *record, size_t size);
	/* Makes the report's state known. Called at the start, after every record, and at the end. */
	void (*publish)(const struct report_header *header);
	/* Takes what the host asks for; called once, after the first publish. */
	void (*receive)(struct request *request);
	/* Returns when all that was written has left the guest. */
	void (*flush)(void);
};

/* The channel, or NULL where the machine has none such; @why then says what failed, or is left alone. */
const struct channel *shared_memory_open(const char **why);
const struct channel *serial_open(const char **why);

#endif
