// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "request.h"

#include <string.h>

#include "crc32.h"

bool request_decode(struct request *request, const void *bytes, size_t size)
{
	const uint8_t *start = memmem(bytes, size, REQUEST_MAGIC, 8);
	struct request_header header;
	uint32_t crc;
	size_t signed_size, left;

	request->status = "none";
	request->count = 0;
	if (!start)
		return false;
	request->status = "damaged";
	left = size - (size_t)(start - (const uint8_t *)bytes);
	if (left < sizeof(header))
		return false;
	memcpy(&header, start, sizeof(header));
	if (header.version != PROTOCOL_VERSION || header.ranges > MAX_RANGES)
		return false;
	signed_size = sizeof(header) + header.ranges * sizeof(struct leaf_range);
	if (left < signed_size + sizeof(crc))
		return false;
	memcpy(&crc, start + signed_size, sizeof(crc));
	if (crc != crc32(start, signed_size))
		return false;
	memcpy(request->ranges, start + sizeof(header), header.ranges * sizeof(struct leaf_range));
	request->count = header.ranges;
	request->status = "received";
	return true;
}
