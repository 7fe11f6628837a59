/* SPDX-License-Identifier: MIT */
/* The words of a line of the table file, one after the other; what is not as expected is refused with its place. */
#ifndef GUISE_TABLE_WORDS_H
#define GUISE_TABLE_WORDS_H

#include "override.h"

/* Where the reader stands. */
struct reader {
	const char *path;
	unsigned int line;
	char *rest; /* the words of the line not yet taken */
};

#define refuse_line(reader, format, ...) refuse("%s:%u: " format, (reader)->path, (reader)->line, ##__VA_ARGS__)

/* The next word; `expected` says what it should be, for the message where the line has ended. */
const char *take_word(struct reader *reader, const char *expected);

/* A number of the file's only form: 0x and 1 to 8 digits. */
uint32_t parse_number(const struct reader *reader, const char *word, const char *expected);

/* The next word as such a number. */
uint32_t take_number(struct reader *reader, const char *expected);

/* The value of a vCPU that a word names. */
enum vcpu_value parse_value(const struct reader *reader, const char *name);

#endif
