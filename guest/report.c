// SPDX-License-Identifier: MIT
#include "report.h"

#include <string.h>

#include "crc32.h"

static const struct channel *channel;
static struct report_header header = { .magic = REPORT_MAGIC, .version = PROTOCOL_VERSION };
static struct {
	struct record_header header;
	/* The CRC follows the payload at once, wherever that ends. */
	uint8_t payload[MAX_PAYLOAD + sizeof(uint32_t)];
} record;
/* How many bytes did not fit in the record. */
static size_t cut;

static void publish(uint32_t state)
{
	header.state = state;
	header.crc = crc32(&header, offsetof(struct report_header, crc));
	channel->publish(&header);
}

void report_begin(const struct channel *chosen)
{
	channel = chosen;
	publish(STATE_RUNNING);
}

bool report_end(void)
{
	publish(header.lost ? STATE_TRUNCATED : STATE_COMPLETE);
	channel->flush();
	return !header.lost;
}

void record_start(uint32_t type)
{
	cut = 0;
	record.header = (struct record_header){ RECORD_MAGIC, type, header.records, 0 };
}

void *record_tail(void)
{
	return record.payload + record.header.length;
}

size_t record_room(void)
{
	return MAX_PAYLOAD - record.header.length;
}

void record_grow(size_t size)
{
	record.header.length += size;
}

void record_add(const void *bytes, size_t size)
{
	if (size > record_room()) {
		cut += size - record_room();
		size = record_room();
	}
	memcpy(record_tail(), bytes, size);
	record_grow(size);
}

void record_add_text(const char *text)
{
	record_add(text, strlen(text));
}

void record_add_field(const char *text)
{
	record_add(text, strlen(text) + 1);
}

/* The digits of a number, at the end of @digits. */
#define DIGITS 21
static const char *in_digits(char digits[DIGITS], uint64_t value)
{
	char *first = digits + DIGITS - 1;

	*first = 0;
	do
		*--first = '0' + value % 10;
	while (value /= 10);
	return first;
}

/* The words are few enough to fit: this comes to an end. */
static void report_cut(size_t bytes)
{
	char digits[DIGITS];

	record_start(RECORD_PROBLEM);
	record_add_text("a record was cut, which had ");
	record_add_text(in_digits(digits, bytes));
	record_add_text(" bytes more than a record holds");
	record_send();
}

void record_send(void)
{
	size_t size = sizeof(record.header) + record.header.length, lacking = cut;
	uint32_t crc = crc32(&record, size);

	memcpy(record_tail(), &crc, sizeof(crc));
	size += sizeof(crc);
	if (channel->append(&record, size)) {
		header.records++;
		header.bytes += size;
	} else {
		header.lost++;
	}
	publish(STATE_RUNNING);
	if (lacking)
		report_cut(lacking);
}

void report_note(const char *key, const char *value)
{
	record_start(RECORD_NOTE);
	record_add_text(key);
	record_add_text("=");
	record_add_text(value);
	record_send();
}

void report_note_number(const char *key, uint64_t value)
{
	char digits[DIGITS];

	report_note(key, in_digits(digits, value));
}

void report_problem(const char *what, const char *why)
{
	record_start(RECORD_PROBLEM);
	record_add_text(what);
	record_add_text(": ");
	record_add_text(why);
	record_send();
}
