// SPDX-License-Identifier: MIT
/*
 * Calls the parts of guest/ that need no guest, for the tests beside this file, and prints what they give:
 *
 *	driver request			the request on standard input: its status, then FIRST LAST SUBLEAF FLAGS of each range
 *	driver subleaves LEAF ANSWER...	the subleaves of a leaf; ANSWER: LEAF SUBLEAF EAX EBX ECX EDX, all absent ones are zero
 *	driver report ROOM		a byte, 1 where the guest holds it for whole; then a report of every kind of record into
 *					ROOM bytes, as it would stand in the memory
 *	driver picture			the picture's pixels, three bytes each: red, green, blue
 *
 * Numbers are hexadecimal, but for ROOM.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "picture.h"
#include "report.h"
#include "request.h"
#include "subleaves.h"

static int show_request(void)
{
	static struct request request;
	char input[2 * REQUEST_SIZE], *bytes;
	ssize_t size = read(0, input, sizeof(input));

	if (size < 0)
		return 1;
	/* Of the exact size, so that the sanitizer sees a byte read past the end. */
	bytes = malloc(size ? size : 1);
	memcpy(bytes, input, size);
	printf("%d ", request_decode(&request, bytes, size));
	printf("%s\n", request.status);
	for (uint32_t i = 0; i < request.count; i++)
		printf("%x %x %x %x\n", request.ranges[i].first, request.ranges[i].last, request.ranges[i].subleaf,
		       request.ranges[i].flags);
	free(bytes);
	return 0;
}

static char **given;
static int given_count;

/* In the place of the instruction. */
struct cpuid_answer cpuid(uint32_t leaf, uint32_t subleaf)
{
	struct cpuid_answer answer;

	for (int i = 0; i < given_count; i++)
		if (sscanf(given[i], "%x %x %x %x %x %x", &answer.leaf, &answer.subleaf, &answer.eax, &answer.ebx,
			   &answer.ecx, &answer.edx) == 6 &&
		    answer.leaf == leaf && answer.subleaf == subleaf)
			return answer;
	return (struct cpuid_answer){ .leaf = leaf, .subleaf = subleaf };
}

static void print_answer(const struct cpuid_answer *answer)
{
	printf("%x %x %x %x %x\n", answer->subleaf, answer->eax, answer->ebx, answer->ecx, answer->edx);
}

static struct report_header last;
static char *records;
static size_t room, used;

static bool append(const void *record, size_t size)
{
	if (size > room - used)
		return false;
	memcpy(records + used, record, size);
	used += size;
	return true;
}

static void publish(const struct report_header *header)
{
	last = *header;
}

static void flush(void)
{
}

static int show_report(size_t size)
{
	static const struct channel memory = { .append = append, .publish = publish, .flush = flush };
	static char value[MAX_PAYLOAD + 1];
	bool whole;

	room = size;
	records = malloc(size ? size : 1);
	memset(value, 'x', MAX_PAYLOAD);
	report_begin(&memory);
	report_note("first", "whole");
	report_note("second", value);
	/* To the last byte. */
	value[MAX_PAYLOAD - strlen("third=")] = 0;
	report_note("third", value);
	report_note_number("none", 0);
	report_note_number("most", UINT64_MAX);
	record_start(RECORD_DEVICE);
	record_add_field("pci");
	record_add_field("0000:00:01.0");
	record_add_field("");
	record_send();
	report_problem("/sys", "No such device");
	whole = report_end();
	putchar(whole);
	fwrite(&last, sizeof(last), 1, stdout);
	fwrite(records, used, 1, stdout);
	free(records);
	return 0;
}

static int show_picture(void)
{
	for (uint32_t y = 0; y < PICTURE_HEIGHT; y++) {
		for (uint32_t x = 0; x < PICTURE_WIDTH; x++) {
			uint32_t pixel = picture_pixel(x, y);

			putchar(pixel >> 16);
			putchar(pixel >> 8 & 0xff);
			putchar(pixel & 0xff);
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "request") == 0)
		return show_request();
	if (argc >= 3 && strcmp(argv[1], "subleaves") == 0) {
		given = argv + 3;
		given_count = argc - 3;
		each_subleaf(strtoul(argv[2], NULL, 16), print_answer);
		return 0;
	}
	if (argc == 3 && strcmp(argv[1], "report") == 0)
		return show_report(strtoul(argv[2], NULL, 10));
	if (argc == 2 && strcmp(argv[1], "picture") == 0)
		return show_picture();
	return 2;
}
