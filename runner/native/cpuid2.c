// SPDX-License-Identifier: MIT
/*
 * KVM: what the table makes of the list of entries that QEMU gives to KVM_SET_CPUID2.
 *
 * KVM answers CPUID with the first entry of the same function whose index is either not significant or the very subleaf
 * (arch/x86/kvm/cpuid.c, cpuid_entry2_find()).  So entries for one subleaf go first and those for any subleaf last.
 */
#include <linux/kvm.h>
#include <string.h>

#include "override.h"

static bool is_indexed(const struct kvm_cpuid_entry2 *entry)
{
	return entry->flags & KVM_CPUID_FLAG_SIGNIFCANT_INDEX;
}

static void get_answer(const struct kvm_cpuid_entry2 *entry, uint32_t answer[REGISTERS])
{
	answer[EAX] = entry->eax;
	answer[EBX] = entry->ebx;
	answer[ECX] = entry->ecx;
	answer[EDX] = entry->edx;
}

/* Gives the entry what the row makes of `answer`, the machine's own.  KVM itself keeps the XSAVE sizes right. */
static void set_answer(struct kvm_cpuid_entry2 *entry, const struct row *row, const struct vcpu *vcpu,
		       uint32_t answer[REGISTERS])
{
	uint32_t values[REGISTERS];

	for (int i = 0; i < REGISTERS; i++) {
		values[i] = answer[i];
		if (row->value[i] == VALUE_APIC_ID)
			values[i] = vcpu->apic_id & 0xff;
		if (row->value[i] == VALUE_X2APIC_ID)
			values[i] = vcpu->apic_id;
	}
	row_apply(row, values, answer);
	entry->eax = answer[EAX];
	entry->ebx = answer[EBX];
	entry->ecx = answer[ECX];
	entry->edx = answer[EDX];
}

static void append(struct kvm_cpuid2 *list, const struct kvm_cpuid_entry2 *entry)
{
	if (list->nent == KVM_MAX_CPUID_ENTRIES)
		refuse("expected a table that leaves at most %d CPUID entries, which is what KVM takes, got more",
		       KVM_MAX_CPUID_ENTRIES);
	list->entries[list->nent++] = *entry;
}

/* Fills `answer` with what KVM would answer from this list. */
static void find_answer(const struct kvm_cpuid2 *list, uint32_t leaf, uint32_t subleaf, uint32_t answer[REGISTERS])
{
	memset(answer, 0, REGISTERS * sizeof(*answer));
	for (uint32_t i = 0; i < list->nent; i++) {
		const struct kvm_cpuid_entry2 *entry = &list->entries[i];

		if (entry->function == leaf && (!is_indexed(entry) || entry->index == subleaf)) {
			get_answer(entry, answer);
			return;
		}
	}
}

/* Whether the vCPU is to have no leaf of the machine's own there. */
static bool is_absent(const struct table *table, const struct vcpu *vcpu, const struct kvm_cpuid2 *original,
		      uint32_t leaf)
{
	uint32_t first[REGISTERS];

	find_answer(original, range_first(leaf), 0, first);
	return table_is_absent(table, vcpu->number, leaf) || table_hides(table, vcpu->number, leaf, first[EAX]);
}

/*
 * An entry for the row's own subleaf.  A removed one is an entry of zeros, lest an entry for any subleaf of the same
 * leaf answers in its place; an absent subleaf of a leaf that exists reads as zero on every CPU.
 */
static void append_exact(const struct table *table, const struct row *row, const struct vcpu *vcpu,
			 const struct kvm_cpuid2 *original, struct kvm_cpuid2 *edited)
{
	struct kvm_cpuid_entry2 entry = {
		.function = row->leaf,
		.index = row->subleaf,
		.flags = KVM_CPUID_FLAG_SIGNIFCANT_INDEX,
	};
	uint32_t answer[REGISTERS] = { 0 };

	if (!is_absent(table, vcpu, original, row->leaf))
		find_answer(original, row->leaf, row->subleaf, answer);
	set_answer(&entry, row, vcpu, answer);
	append(edited, &entry);
}

/* One of QEMU's entries: edited, as it is, or left out. */
static void append_own(const struct table *table, const struct vcpu *vcpu, const struct kvm_cpuid2 *original,
		       const struct kvm_cpuid_entry2 *own, struct kvm_cpuid2 *edited)
{
	const struct row *row = table_any_row(table, vcpu->number, own->function);
	const bool absent = is_absent(table, vcpu, original, own->function);
	struct kvm_cpuid_entry2 entry = *own;
	uint32_t answer[REGISTERS] = { 0 };

	if (is_indexed(own) && table_exact_row(table, vcpu->number, own->function, own->index))
		return;
	if (row ? row->remove : absent)
		return;
	if (row) {
		if (!absent)
			get_answer(own, answer);
		set_answer(&entry, row, vcpu, answer);
	}
	append(edited, &entry);
}

/* An entry for every subleaf of a `-` row's leaf that QEMU gave no entry for. */
static void append_rest(const struct row *row, const struct vcpu *vcpu, const struct kvm_cpuid2 *original,
			struct kvm_cpuid2 *edited)
{
	struct kvm_cpuid_entry2 entry = { .function = row->leaf };
	uint32_t answer[REGISTERS] = { 0 };

	if (row->remove)
		return;
	for (uint32_t i = 0; i < original->nent; i++)
		if (original->entries[i].function == row->leaf && !is_indexed(&original->entries[i]))
			return;
	set_answer(&entry, row, vcpu, answer);
	append(edited, &entry);
}

void cpuid2_edit(const struct table *table, const struct vcpu *vcpu, const struct kvm_cpuid2 *original,
		 struct kvm_cpuid2 *edited)
{
	const struct row *end = table->rows + table->row_count;

	edited->nent = 0;
	edited->padding = original->padding;
	for (const struct row *row = table->rows; row < end; row++)
		if (!row->any_subleaf && table_exact_row(table, vcpu->number, row->leaf, row->subleaf) == row)
			append_exact(table, row, vcpu, original, edited);
	for (uint32_t i = 0; i < original->nent; i++)
		append_own(table, vcpu, original, &original->entries[i], edited);
	for (const struct row *row = table->rows; row < end; row++)
		if (row->any_subleaf && table_any_row(table, vcpu->number, row->leaf) == row)
			append_rest(row, vcpu, original, edited);
}
