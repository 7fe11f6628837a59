/* SPDX-License-Identifier: MIT */
/*
 * The report: records handed to the channel one by one, each visible to the host as soon as it is sent, so that a guest
 * that dies loses nothing it had already said. There is one record under construction at a time.
 */
#ifndef GUISE_REPORT_H
#define GUISE_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "channel.h"

/* Says on @channel that a report begins. */
void report_begin(const struct channel *channel);

/* Says that the report has ended. True if it is complete, false if records did not fit. */
bool report_end(void);

/* Starts a record of @type, with nothing in it yet. */
void record_start(uint32_t type);
/* Adds bytes to the record; what goes beyond MAX_PAYLOAD is cut off, and record_send() says so in a problem. */
void record_add(const void *bytes, size_t size);
/* Adds a text without its NUL. */
void record_add_text(const char *text);
/* Adds a text with its NUL. */
void record_add_field(const char *text);
/* Where the next byte goes, and how many may be put there: for reading into the record. Then say how many were put. */
void *record_tail(void);
size_t record_room(void);
void record_grow(size_t size);
/* Sends the record. */
void record_send(void);

/* One fact that has no file: a key of PROTOCOL.md and its value. */
void report_note(const char *key, const char *value);
void report_note_number(const char *key, uint64_t value);

/* Something that could not be done, for a person to read: "@what: @why". */
void report_problem(const char *what, const char *why);

#endif
