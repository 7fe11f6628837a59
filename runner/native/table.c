// SPDX-License-Identifier: MIT
/* The table in memory: which line answers for a leaf, and what it makes of the machine's own answer. */
#include "override.h"

static bool is_for(const struct vcpu_set *vcpus, uint32_t vcpu)
{
	return vcpus->all || (vcpu < MAX_VCPUS && vcpus->bits[vcpu / 64] >> vcpu % 64 & 1);
}

bool vcpu_sets_meet(const struct vcpu_set *a, const struct vcpu_set *b)
{
	if (a->all || b->all)
		return true;
	for (unsigned int i = 0; i < MAX_VCPUS / 64; i++)
		if (a->bits[i] & b->bits[i])
			return true;
	return false;
}

const struct row *table_exact_row(const struct table *table, uint32_t vcpu, uint32_t leaf, uint32_t subleaf)
{
	for (const struct row *row = table->rows; row < table->rows + table->row_count; row++)
		if (row->leaf == leaf && !row->any_subleaf && row->subleaf == subleaf && is_for(&row->vcpus, vcpu))
			return row;
	return NULL;
}

const struct row *table_any_row(const struct table *table, uint32_t vcpu, uint32_t leaf)
{
	for (const struct row *row = table->rows; row < table->rows + table->row_count; row++)
		if (row->leaf == leaf && row->any_subleaf && is_for(&row->vcpus, vcpu))
			return row;
	return NULL;
}

bool table_is_absent(const struct table *table, uint32_t vcpu, uint32_t leaf)
{
	for (unsigned int i = 0; i < table->absent_count; i++)
		if (leaf >= table->absent[i].first && leaf <= table->absent[i].last &&
		    is_for(&table->absent[i].vcpus, vcpu))
			return true;
	return false;
}

uint32_t range_first(uint32_t leaf)
{
	return leaf & 0xffff0000;
}

bool table_hides(const struct table *table, uint32_t vcpu, uint32_t leaf, uint32_t own_highest)
{
	const uint32_t first = range_first(leaf);
	const struct row *row = table_exact_row(table, vcpu, first, 0);
	uint32_t highest = table_is_absent(table, vcpu, first) ? 0 : own_highest;

	if (leaf == first || (first != 0 && first != 0x80000000 && first != 0xc0000000))
		return false;
	if (!row)
		row = table_any_row(table, vcpu, first);
	if (row)
		highest = (highest & row->keep[EAX]) | row->set[EAX];
	return leaf > highest;
}

void row_apply(const struct row *row, const uint32_t values[REGISTERS], uint32_t answer[REGISTERS])
{
	for (int i = 0; i < REGISTERS; i++)
		answer[i] = (answer[i] & row->keep[i]) | row->set[i] | (values[i] >> row->shift[i] & row->follow[i]);
}
