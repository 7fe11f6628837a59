/* SPDX-License-Identifier: MIT */
/* What the host wants to know beyond the usual. */
#ifndef GUISE_REQUEST_H
#define GUISE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "protocol.h"

/* The most bytes that a request can take. */
#define REQUEST_SIZE (sizeof(struct request_header) + MAX_RANGES * sizeof(struct leaf_range) + sizeof(uint32_t))

struct request {
	/* "received", "none" or "damaged": the note that the report carries. */
	const char *status;
	/* The number of ranges; 0 unless received. */
	uint32_t count;
	struct leaf_range ranges[MAX_RANGES];
};

/* Reads the request that starts somewhere in @bytes. False if none is there whole and undamaged. */
bool request_decode(struct request *request, const void *bytes, size_t size);

#endif
