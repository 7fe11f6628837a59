/* SPDX-License-Identifier: MIT */
/*
 * What passes on the control line, the guest's ttyS1. PROTOCOL.md is the contract; runner/console/shell/layout.ts is the
 * host's copy. A test holds the three together, so keep to plain "#define NAME value" and "type field;" lines.
 *
 * Everything is little-endian, as x86 is, so the structures are the wire format as they stand.
 */
#ifndef GUISE_SHELL_PROTOCOL_H
#define GUISE_SHELL_PROTOCOL_H

#include <stdint.h>

#define SHELL_VERSION 1

/* The longest payloads: to the guest, and from it. */
#define MAX_TO_GUEST 0x20000
#define MAX_FROM_GUEST 0x4000

/* To the guest. */
#define FRAME_START 1
#define FRAME_SIZE 2

/* From the guest. */
#define FRAME_HELLO 16
#define FRAME_OUTPUT 17
#define FRAME_ERROR 18
#define FRAME_STATUS 19
#define FRAME_TROUBLE 20

#define MODE_SHELL 0
#define MODE_COMMAND 1

#define ENDED_BY_STATUS 0
#define ENDED_BY_SIGNAL 1

struct frame_header {
	uint32_t type;
	uint32_t length;
};

struct hello {
	uint32_t version;
};

struct window_size {
	uint32_t rows;
	uint32_t columns;
};

/* A request of ../protocol.h follows, of request_size bytes, and three texts, each with its NUL: name, TERM, command. */
struct start {
	uint32_t mode;
	uint32_t rows;
	uint32_t columns;
	uint32_t request_size;
};

struct status {
	uint32_t kind;
	uint32_t number;
};

#endif
