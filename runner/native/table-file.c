// SPDX-License-Identifier: MIT
/*
 * The table file, read strictly: README.md has the grammar.  A line that is not of the form is refused rather than
 * skipped, because a guest with half of its leaves tells a story that nobody wrote.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "override.h"
#include "table-words.h"

/* The longest line of use names every other vCPU, in some 3000 characters. */
enum { MAX_LINE = 4096 };

static const char *const register_names[REGISTERS] = { "EAX", "EBX", "ECX", "EDX" };

/* Of a list such as `0x0,0x4-0x7` the item at its start; cuts it off the list. */
static void take_vcpus(const struct reader *reader, char **list, struct vcpu_set *vcpus)
{
	static const char expected[] = "the number of a vCPU";
	char *last = strsep(list, ",");
	char *first = strsep(&last, "-");
	uint32_t from = parse_number(reader, first, expected);
	uint32_t to = last ? parse_number(reader, last, expected) : from;

	if (from > to || to >= MAX_VCPUS)
		refuse_line(reader, "expected vCPUs in order and below 0x%x, got 0x%x to 0x%x", MAX_VCPUS, from, to);
	for (uint32_t vcpu = from; vcpu <= to; vcpu++)
		vcpus->bits[vcpu / 64] |= UINT64_C(1) << vcpu % 64;
}

static void read_vcpus(struct reader *reader, struct table *table, struct vcpu_set *vcpus)
{
	char *list = (char *)take_word(reader, "`-` or a list of vCPUs");

	vcpus->all = strcmp(list, "-") == 0;
	if (vcpus->all)
		return;
	table->tells_vcpus_apart = true;
	while (list)
		take_vcpus(reader, &list, vcpus);
}

/* `0x5`, `0x5+x2apic-id&0xff` where bits of the vCPU's value are set, too, or `0x5+x2apic-id>>0x1&0xff`. */
static void read_set(struct reader *reader, struct table *table, struct row *row, int i)
{
	char expected[32];
	char *word, *value, *shift;

	snprintf(expected, sizeof(expected), "the bits of %s to set", register_names[i]);
	word = (char *)take_word(reader, expected);
	row->set[i] = parse_number(reader, strsep(&word, "+"), expected);
	if (!word)
		return;
	value = strsep(&word, "&");
	shift = strstr(value, ">>");
	if (shift) {
		*shift = '\0';
		row->shift[i] = parse_number(reader, shift + 2, "how far the value is shifted");
		if (row->shift[i] > 31)
			refuse_line(reader, "expected a shift of at most 0x1f, got 0x%x", row->shift[i]);
	}
	row->value[i] = parse_value(reader, value);
	row->follow[i] = parse_number(reader, word ? word : "", "the bits of the value");
	table->tells_vcpus_apart = true;
}

static void read_absent(struct reader *reader, struct table *table)
{
	struct leaf_range *range = &table->absent[table->absent_count];

	if (table->absent_count == MAX_ABSENT)
		refuse_line(reader, "expected at most %d `absent` lines, got one more", MAX_ABSENT);
	range->first = take_number(reader, "the first leaf of the range");
	range->last = take_number(reader, "the last leaf of the range");
	read_vcpus(reader, table, &range->vcpus);
	if (range->last < range->first)
		refuse_line(reader, "expected a last leaf not below the first, 0x%08x, got 0x%08x", range->first,
			    range->last);
	table->absent_count++;
}

static void refuse_second(const struct reader *reader, const struct table *table, const struct row *row)
{
	for (const struct row *first = table->rows; first < table->rows + table->row_count; first++)
		if (first->leaf == row->leaf && first->any_subleaf == row->any_subleaf &&
		    first->subleaf == row->subleaf && vcpu_sets_meet(&first->vcpus, &row->vcpus))
			refuse_line(reader,
				    "expected one line per leaf, subleaf and vCPU, got one that line %u has already",
				    first->line);
}

static void read_row(struct reader *reader, struct table *table, bool remove)
{
	struct row row = { .remove = remove, .line = reader->line };
	const char *subleaf;

	if (table->row_count == MAX_ROWS)
		refuse_line(reader, "expected at most %d `leaf` and `remove` lines, got one more", MAX_ROWS);
	row.leaf = take_number(reader, "a leaf");
	subleaf = take_word(reader, "a subleaf or `-`");
	row.any_subleaf = strcmp(subleaf, "-") == 0;
	if (!row.any_subleaf)
		row.subleaf = parse_number(reader, subleaf, "a subleaf, `-` or a number");
	read_vcpus(reader, table, &row.vcpus);
	for (int i = 0; i < REGISTERS && !remove; i++) {
		char expected[32];

		snprintf(expected, sizeof(expected), "the bits of %s to keep", register_names[i]);
		row.keep[i] = take_number(reader, expected);
		read_set(reader, table, &row, i);
	}
	refuse_second(reader, table, &row);
	table->rows[table->row_count++] = row;
}

/* The first line, as a whole: what else could it be taken for? */
static void read_header(const struct reader *reader, struct table *table, const char *line)
{
	if (strcmp(line, "guise-cpuid 2 tcg") == 0)
		table->mechanism = MECHANISM_TCG;
	else if (strcmp(line, "guise-cpuid 2 kvm") == 0)
		table->mechanism = MECHANISM_KVM;
	else
		refuse_line(reader, "expected `guise-cpuid 2 tcg` or `guise-cpuid 2 kvm`, got `%s`", line);
}

static void read_line(struct reader *reader, struct table *table, char *line)
{
	const char *keyword = strtok_r(line, " ", &reader->rest);
	const char *extra;

	if (!keyword || line[0] == '#')
		return;
	if (strcmp(keyword, "absent") == 0)
		read_absent(reader, table);
	else if (strcmp(keyword, "leaf") == 0)
		read_row(reader, table, false);
	else if (strcmp(keyword, "remove") == 0)
		read_row(reader, table, true);
	else
		refuse_line(reader, "expected `absent`, `leaf`, `remove` or `#`, got `%s`", keyword);
	extra = strtok_r(NULL, " ", &reader->rest);
	if (extra)
		refuse_line(reader, "expected the end of the line, got `%s`", extra);
}

/* Checks that the line is printable text with its newline, and cuts that off. */
static void check_text(const struct reader *reader, char *line, size_t length)
{
	/* A file cut short may end in the middle of a number, which would still be a number. */
	if (line[length - 1] != '\n')
		refuse_line(reader, "expected a newline after the last line, got the end of the file");
	line[--length] = '\0';
	if (length > MAX_LINE)
		refuse_line(reader, "expected at most %d characters, got %zu", MAX_LINE, length);
	for (size_t i = 0; i < length; i++)
		if (line[i] < ' ' || line[i] > '~')
			refuse_line(reader, "expected printable ASCII characters, got the byte 0x%02x in column %zu",
				    (uint8_t)line[i], i + 1);
}

void table_read(struct table *table, const char *path)
{
	struct reader reader = { .path = path };
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t capacity = 0;
	ssize_t length;

	if (!file)
		refuse("%s: expected a table file that can be read, got: %s", path, strerror(errno));
	while (errno = 0, (length = getline(&line, &capacity, file)) > 0) {
		reader.line++;
		check_text(&reader, line, length);
		if (reader.line == 1)
			read_header(&reader, table, line);
		else
			read_line(&reader, table, line);
	}
	if (ferror(file))
		refuse("%s: expected a table file that can be read, got: %s", path, strerror(errno));
	if (reader.line == 0)
		refuse("%s:1: expected `guise-cpuid 2 tcg` or `guise-cpuid 2 kvm`, got the end of the file", path);
	free(line);
	fclose(file);
}
