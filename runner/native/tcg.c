// SPDX-License-Identifier: MIT
/*
 * TCG: every CPUID answer passes through QEMU's cpu_x86_cpuid(), which Debian's binaries export.
 *
 * Who else calls it (QEMU 5.2 to 11.1, by disassembly): helper_xsetbv(), which lets a guest enable what leaf 0xd shows
 * it; fw_cfg_build_feature_control(), which tells the firmware of VMX where leaf 1 shows it; and the set-up of vCPUs of
 * KVM and MSHV.  The first two are right to see what the guest sees; the last may not run with a table for TCG.
 */
#include <errno.h>
#include <string.h>

#include "override.h"

struct CPUArchState;

typedef void cpuid_function(struct CPUArchState *env, uint32_t leaf, uint32_t subleaf, uint32_t *eax, uint32_t *ebx,
			    uint32_t *ecx, uint32_t *edx);

/* QEMU's own symbols; weak, so that they are null in every other program, and no dlsym() is needed. */
extern cpuid_function cpu_x86_cpuid __attribute__((weak, visibility("default")));
extern bool tcg_allowed __attribute__((weak, visibility("default")));

static const struct table *active;
static cpuid_function *own_cpuid;

static void own_answer(struct CPUArchState *env, uint32_t leaf, uint32_t subleaf, uint32_t answer[REGISTERS])
{
	own_cpuid(env, leaf, subleaf, &answer[EAX], &answer[EBX], &answer[ECX], &answer[EDX]);
}

/*
 * The first leaf of each range (0x00000000, 0x40000000, 0x80000000, 0xc0000000) has the range's highest leaf in EAX.
 * Above it QEMU answers with its last basic leaf, as an Intel CPU does (target/i386/cpu.c, cpu_x86_cpuid()).
 */
static bool is_above_maximum(struct CPUArchState *env, uint32_t leaf)
{
	uint32_t first[REGISTERS];

	own_answer(env, leaf & 0xffff0000, 0, first);
	return leaf > first[EAX];
}

static bool is_hypervisor_leaf(uint32_t leaf)
{
	return (leaf & 0xffff0000) == 0x40000000;
}

static void overridden_answer(struct CPUArchState *env, uint32_t leaf, uint32_t subleaf, uint32_t answer[REGISTERS])
{
	const struct row *row = table_exact_row(active, leaf, subleaf);

	if (!row)
		row = table_any_row(active, leaf);
	if (table_is_absent(active, leaf) || ((row || is_hypervisor_leaf(leaf)) && is_above_maximum(env, leaf)))
		memset(answer, 0, REGISTERS * sizeof(*answer));
	else
		own_answer(env, leaf, subleaf, answer);
	if (row)
		row_apply(row, answer);
}

static void hooked_cpuid(struct CPUArchState *env, uint32_t leaf, uint32_t subleaf, uint32_t *eax, uint32_t *ebx,
			 uint32_t *ecx, uint32_t *edx)
{
	/* Not the caller's variables: helper_xsetbv() gives the same one for two registers. */
	uint32_t answer[REGISTERS];
	const bool firmware = tcg_allowed && firmware_asks(env);

	if (active && active->mechanism == MECHANISM_KVM && tcg_allowed)
		refuse("the table is for KVM, but QEMU runs the guest with TCG");
	if (active && active->mechanism == MECHANISM_TCG && !tcg_allowed)
		refuse("the table is for TCG, but QEMU runs the guest with another accelerator");
	if (tcg_allowed && !firmware)
		meter_kernel();
	if (active && active->mechanism == MECHANISM_TCG && !firmware)
		overridden_answer(env, leaf, subleaf, answer);
	else
		own_answer(env, leaf, subleaf, answer);
	*eax = answer[EAX];
	*ebx = answer[EBX];
	*ecx = answer[ECX];
	*edx = answer[EDX];
}

bool tcg_is_exported(void)
{
	return cpu_x86_cpuid && &tcg_allowed;
}

void tcg_override(const struct table *table)
{
	const char *failure = "it does not export cpu_x86_cpuid and tcg_allowed";

	active = table;
	if (tcg_is_exported())
		failure = hook_function(cpu_x86_cpuid, hooked_cpuid, (void **)&own_cpuid);
	/* Without a table it only tells when the kernel asks; with one for KVM it is only a guard, and asked-versus-got stands behind it. */
	if (failure && table && table->mechanism == MECHANISM_TCG)
		refuse("%s: expected a QEMU whose cpu_x86_cpuid can be taken over, got: %s", program_invocation_name,
		       failure);
}
