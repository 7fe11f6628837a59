/* SPDX-License-Identifier: MIT */
/* Frames on a port. A port that fails is a host that is lost, so that these end the process instead of returning. */
#ifndef FRAME_H
#define FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "protocol.h"

/* Ends the process with a line on the console; PID 1 then ends the host. */
void die(const char *what) __attribute__((noreturn));

/* Reads the next frame's header. */
struct frame_header read_header(int port);

/* Reads exactly so many bytes of a payload. */
void read_exactly(int port, void *bytes, size_t size);

/* Writes a frame, and waits as long as that takes: guise always reads. */
void write_frame(int port, uint32_t type, const void *payload, size_t size);

/* Writes the start of a frame whose payload follows by write_exactly(). */
void write_header(int port, uint32_t type, size_t size);
void write_exactly(int port, const void *bytes, size_t size);

#endif
