/* SPDX-License-Identifier: MIT */
/* The control line: the second serial port, on which guise tells what is to be done and hears what came of it. */
#ifndef GUISE_SHELL_CONTROL_H
#define GUISE_SHELL_CONTROL_H

#include <stdbool.h>
#include <stddef.h>

#include "protocol.h"

/* Opens the line and says hello. Returns its descriptor, or -1 with errno set where the machine has none. */
int control_open(void);

/* Sends a frame; nothing where there is no line. */
void control_send(uint32_t type, const void *payload, size_t length);

/* Says for a person to read what could not be done: "@what: @why". */
void control_trouble(const char *what, const char *why);

/*
 * Reads what has come, which may block where nothing has. A whole frame is returned with its payload, which stays until the
 * next call; NULL where none is whole yet. More than one may be there: call until NULL.
 */
const struct frame_header *control_take(const char **payload);

/* Reads once from the line. False if it is over. */
bool control_read(void);

#endif
