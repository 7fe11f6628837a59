// SPDX-License-Identifier: MIT
/*
 * Calls the parts of runner/native that need no QEMU, for the tests beside this file, and prints what they give:
 *
 *	driver table FILE			how many rows and absent ranges were read
 *	driver prologue NEEDED HEX...		what prologue_length() says of each of these runs of bytes
 *	driver cpuid2 FILE VCPU APIC-ID ENTRY...	the edited list; ENTRY and output: LEAF SUBLEAF|- EAX EBX ECX EDX in hexadecimal
 */
#include <linux/kvm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "override.h"

static struct table table;

static int show_table(const char *path)
{
	table_read(&table, path);
	printf("%s: %u rows, %u absent\n", table.mechanism == MECHANISM_KVM ? "kvm" : "tcg", table.row_count,
	       table.absent_count);
	return 0;
}

static void show_prologue(size_t needed, const char *hex)
{
	size_t size = strlen(hex) / 2;
	/* Of the exact size, so that the sanitizer sees a byte read past the end. */
	uint8_t *code = malloc(size);

	for (size_t i = 0; i < size; i++)
		sscanf(hex + 2 * i, "%2hhx", &code[i]);
	printf("%zu\n", prologue_length(code, size, needed));
	free(code);
}

static int show_prologues(size_t needed, int count, char **codes)
{
	for (int i = 0; i < count; i++)
		show_prologue(needed, codes[i]);
	return 0;
}

static struct kvm_cpuid_entry2 parse_entry(const char *text)
{
	struct kvm_cpuid_entry2 entry = { 0 };
	char subleaf[16];

	sscanf(text, "%x %15s %x %x %x %x", &entry.function, subleaf, &entry.eax, &entry.ebx, &entry.ecx, &entry.edx);
	if (strcmp(subleaf, "-") != 0) {
		entry.flags = KVM_CPUID_FLAG_SIGNIFCANT_INDEX;
		sscanf(subleaf, "%x", &entry.index);
	}
	return entry;
}

static int show_cpuid2(const char *path, const struct vcpu *vcpu, int count, char **entries)
{
	static struct {
		struct kvm_cpuid2 list;
		struct kvm_cpuid_entry2 entries[KVM_MAX_CPUID_ENTRIES];
	} original, edited;

	table_read(&table, path);
	for (int i = 0; i < count; i++)
		original.list.entries[original.list.nent++] = parse_entry(entries[i]);
	cpuid2_edit(&table, vcpu, &original.list, &edited.list);
	for (unsigned int i = 0; i < edited.list.nent; i++) {
		const struct kvm_cpuid_entry2 *entry = &edited.list.entries[i];

		printf("%x ", entry->function);
		if (entry->flags & KVM_CPUID_FLAG_SIGNIFCANT_INDEX)
			printf("%x", entry->index);
		else
			printf("-");
		printf(" %x %x %x %x\n", entry->eax, entry->ebx, entry->ecx, entry->edx);
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "table") == 0)
		return show_table(argv[2]);
	if (argc >= 3 && strcmp(argv[1], "prologue") == 0)
		return show_prologues(strtoul(argv[2], NULL, 10), argc - 3, argv + 3);
	if (argc >= 5 && strcmp(argv[1], "cpuid2") == 0) {
		const struct vcpu vcpu = { .number = strtoul(argv[3], NULL, 0), .apic_id = strtoul(argv[4], NULL, 0) };

		return show_cpuid2(argv[2], &vcpu, argc - 5, argv + 5);
	}
	return 2;
}
