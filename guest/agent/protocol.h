/* SPDX-License-Identifier: MIT */
/*
 * What passes between guise and a slot of the nested host; PROTOCOL.md is the contract, runner/launch/nested/frame.ts the
 * other copy of it, and test/launch/nested/protocol.test.ts holds the three together.
 */
#ifndef PROTOCOL_H
#define PROTOCOL_H

#include <stdint.h>

#define AGENT_VERSION 3

#define PORT_PREFIX "guise.slot."

/* From guise. */
#define FRAME_PING 1
#define FRAME_FILE 2
#define FRAME_START 3
#define FRAME_LOOK 4
#define FRAME_END 5
#define FRAME_ASK 6
#define FRAME_SHOW 7

/* To guise. */
#define FRAME_HELLO 65
#define FRAME_PONG 66
#define FRAME_STORED 67
#define FRAME_CONSOLE 68
#define FRAME_STDERR 69
#define FRAME_REPORT 70
#define FRAME_EXIT 71
#define FRAME_REFUSED 72
#define FRAME_STDOUT 73
#define FRAME_ANSWER 74
#define FRAME_PICTURE 75

#define MAX_SHORT_PAYLOAD 0x10000
#define MAX_PICTURE 0x1000000

#define EXIT_BY_STATUS 0
#define EXIT_BY_SIGNAL 1
#define EXIT_NEVER_RAN 2

/* Little-endian, as the only machine that this runs on. */
struct frame_header {
	uint32_t type;
	uint32_t length;
};

struct start_header {
	uint32_t report_size;
	uint32_t request_size;
	uint32_t variables;
	uint32_t arguments;
};

struct exit_status {
	uint32_t kind;
	uint32_t value;
};

#define SHA256_HEX 64

#endif
