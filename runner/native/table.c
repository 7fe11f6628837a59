// SPDX-License-Identifier: MIT
/* The table in memory: which line answers for a leaf, and what it makes of the machine's own answer. */
#include "override.h"

const struct row *table_exact_row(const struct table *table, uint32_t leaf, uint32_t subleaf)
{
	for (const struct row *row = table->rows; row < table->rows + table->row_count; row++)
		if (row->leaf == leaf && !row->any_subleaf && row->subleaf == subleaf)
			return row;
	return NULL;
}

const struct row *table_any_row(const struct table *table, uint32_t leaf)
{
	for (const struct row *row = table->rows; row < table->rows + table->row_count; row++)
		if (row->leaf == leaf && row->any_subleaf)
			return row;
	return NULL;
}

bool table_is_absent(const struct table *table, uint32_t leaf)
{
	for (unsigned int i = 0; i < table->absent_count; i++)
		if (leaf >= table->absent[i].first && leaf <= table->absent[i].last)
			return true;
	return false;
}

void row_apply(const struct row *row, uint32_t answer[REGISTERS])
{
	for (int i = 0; i < REGISTERS; i++)
		answer[i] = (answer[i] & row->keep[i]) | row->set[i];
}
