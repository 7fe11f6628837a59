// SPDX-License-Identifier: MIT
#include "crc32.h"

/* The polynomial with its bits reversed. */
#define POLYNOMIAL 0xedb88320u

/* One entry for each value of four bits: a small table, and half the work of a byte's is still little. */
static uint32_t table[16];

static void fill_table(void)
{
	for (uint32_t i = 0; i < 16; i++) {
		uint32_t crc = i;

		for (int bit = 0; bit < 4; bit++)
			crc = crc >> 1 ^ (crc & 1 ? POLYNOMIAL : 0);
		table[i] = crc;
	}
}

uint32_t crc32(const void *bytes, size_t size)
{
	const uint8_t *byte = bytes;
	uint32_t crc = ~0u;

	if (!table[1])
		fill_table();
	while (size--) {
		crc ^= *byte++;
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return ~crc;
}
