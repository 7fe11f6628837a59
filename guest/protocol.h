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
#define RECORD_SVGA 7

/* What is drawn on a video device. */
#define PICTURE_WIDTH 320
#define PICTURE_HEIGHT 200

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

/* The registers of VMware's video; those that it was not asked for are zero. */
struct svga_answers {
	uint32_t id;
	uint32_t capabilities;
	uint32_t max_width;
	uint32_t max_height;
	uint32_t framebuffer_size;
	uint32_t fifo_size;
	uint32_t width;
	uint32_t height;
	uint32_t bits_per_pixel;
	uint32_t red_mask;
	uint32_t green_mask;
	uint32_t blue_mask;
	uint32_t bytes_per_line;
	uint32_t framebuffer_offset;
	uint32_t fifo_next;
	uint32_t fifo_stop;
	uint32_t drawn;
};

#endif
