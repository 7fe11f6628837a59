/* SPDX-License-Identifier: MIT */
/*
 * The bytes that guise and its guest exchange. PROTOCOL.md is the contract; runner/console/protocol/layout.ts is the
 * host's copy. A test holds the three together, so keep to plain "#define NAME value" and "type field;" lines.
 *
 * Everything is little-endian, as x86 is, so the structures are the wire format as they stand.
 */
#ifndef GUISE_PROTOCOL_H
#define GUISE_PROTOCOL_H

#include <stddef.h>
#include <stdint.h>

#define PROTOCOL_VERSION 1

/* The shared memory: the request, which the host writes before the guest boots, then the report. */
#define SHARED_MEMORY_SIZE 0x100000
#define REPORT_OFFSET 0x1000

#define REQUEST_MAGIC "GUISEREQ"
#define REPORT_MAGIC "GUISEREP"
#define RECORD_MAGIC 0x43455247

#define MAX_RANGES 254
#define MAX_REQUESTED_LEAVES 0x1000
#define MAX_PAYLOAD 0x8000

#define RANGE_ENUMERATE 1

#define STATE_RUNNING 1
#define STATE_COMPLETE 2
#define STATE_TRUNCATED 3

#define RECORD_CPUID 1
#define RECORD_KMSG 2
#define RECORD_FILE 3
#define RECORD_DEVICE 4
#define RECORD_NOTE 5
#define RECORD_PROBLEM 6

/* What init writes to the console, each as a line of its own (the last one with a reason), before it reboots. */
#define COMPLETE_MARKER "guise: report complete"
#define TRUNCATED_MARKER "guise: report truncated"
#define NO_CHANNEL_MARKER "guise: no report channel"

struct request_header {
	uint8_t magic[8];
	uint32_t version;
	uint32_t ranges;
};

struct leaf_range {
	uint32_t first;
	uint32_t last;
	uint32_t subleaf;
	uint32_t flags;
};

struct report_header {
	uint8_t magic[8];
	uint32_t version;
	uint32_t state;
	uint32_t records;
	uint32_t bytes;
	uint32_t lost;
	uint32_t crc;
};

struct record_header {
	uint32_t magic;
	uint32_t type;
	uint32_t sequence;
	uint32_t length;
};

struct cpuid_answer {
	uint32_t leaf;
	uint32_t subleaf;
	uint32_t eax;
	uint32_t ebx;
	uint32_t ecx;
	uint32_t edx;
};

#endif
