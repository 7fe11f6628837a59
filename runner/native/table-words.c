// SPDX-License-Identifier: MIT
#include <string.h>

#include "table-words.h"

static const char *const value_names[] = {
	[VALUE_APIC_ID] = "apic-id",
	[VALUE_X2APIC_ID] = "x2apic-id",
	[VALUE_XSAVE_SIZE] = "xsave-size",
	[VALUE_XSAVES_SIZE] = "xsaves-size",
};

const char *take_word(struct reader *reader, const char *expected)
{
	const char *word = strtok_r(NULL, " ", &reader->rest);

	if (!word)
		refuse_line(reader, "expected %s, got the end of the line", expected);
	return word;
}

/* Not strtoul(), which is a different symbol from glibc 2.38 on: the object also serves older ones. */
uint32_t parse_number(const struct reader *reader, const char *word, const char *expected)
{
	static const char digits[] = "0123456789abcdef";
	size_t length = strncmp(word, "0x", 2) == 0 ? strspn(word + 2, digits) : 0;
	uint32_t number = 0;

	if (length < 1 || length > 8 || word[2 + length] != '\0')
		refuse_line(reader, "expected %s as 0x and 1 to 8 digits 0-9 and a-f, got `%s`", expected, word);
	for (word += 2; *word; word++)
		number = number << 4 | (strchr(digits, *word) - digits);
	return number;
}

uint32_t take_number(struct reader *reader, const char *expected)
{
	return parse_number(reader, take_word(reader, expected), expected);
}

enum vcpu_value parse_value(const struct reader *reader, const char *name)
{
	for (unsigned int i = VALUE_NONE + 1; i < sizeof(value_names) / sizeof(*value_names); i++)
		if (strcmp(name, value_names[i]) == 0)
			return i;
	refuse_line(reader, "expected apic-id, x2apic-id, xsave-size or xsaves-size, got `%s`", name);
}
