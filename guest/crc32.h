/* SPDX-License-Identifier: MIT */
#ifndef GUISE_CRC32_H
#define GUISE_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* The CRC-32 of zlib, PNG and Ethernet (polynomial 0x04c11db7, reflected) of @size bytes. */
uint32_t crc32(const void *bytes, size_t size);

#endif
