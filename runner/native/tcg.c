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

#include "beside.h"
#include "override.h"

struct CPUArchState;

typedef void cpuid_function(struct CPUArchState *env, uint32_t leaf, uint32_t subleaf, uint32_t *eax, uint32_t *ebx,
			    uint32_t *ecx, uint32_t *edx);

/* QEMU's own symbols; weak, so that they are null in every other program, and no dlsym() is needed. */
extern cpuid_function cpu_x86_cpuid __attribute__((weak, visibility("default")));
extern bool tcg_allowed __attribute__((weak, visibility("default")));

static const struct table *active;
static cpuid_function *own_cpuid;

/* The leaf of the topology, and a subleaf that is behind its levels wherever QEMU counts them. */
enum { TOPOLOGY_LEAF = 0x1f, NO_LEVEL = 5 };

static uint32_t own_highest(struct CPUArchState *env, uint32_t leaf);

/*
 * QEMU from 10.0 on ends by an assertion where the topology is asked for a level far behind the last (encode_topo_cpuid1f() in
 * target/i386/cpu.c): by any program of a guest, and by SeaBIOS, which looks for hypervisors above the highest leaf, with whatever is
 * in ECX, and is answered with the last basic leaf.  Such a level is none; ECX has its number (Intel SDM vol. 2A, CPUID).
 */
static void own_answer(struct CPUArchState *env, uint32_t leaf, uint32_t subleaf, uint32_t answer[REGISTERS])
{
	const bool no_level = subleaf > NO_LEVEL && (leaf == TOPOLOGY_LEAF || leaf > own_highest(env, leaf));

	own_cpuid(env, leaf, no_level ? NO_LEVEL : subleaf, &answer[EAX], &answer[EBX], &answer[ECX], &answer[EDX]);
	if (no_level && answer[EAX] == 0 && answer[ECX] == NO_LEVEL)
		answer[ECX] = subleaf & 0xff;
}

/*
 * The first leaf of each range (0x00000000, 0x40000000, 0x80000000, 0xc0000000) has the range's highest leaf in EAX.
 * Above it QEMU answers with its last basic leaf, as an Intel CPU does (target/i386/cpu.c, cpu_x86_cpuid()); so it does for the
 * first leaf of a range that it has nothing of, whose EAX names a leaf of another range then.
 */
static uint32_t own_highest(struct CPUArchState *env, uint32_t leaf)
{
	uint32_t first[REGISTERS];

	own_answer(env, range_first(leaf), 0, first);
	return range_first(first[EAX]) == range_first(leaf) ? first[EAX] : 0;
}

/* The machine's own answer, if the table leaves it the leaf, and it has it; else zero. */
static void remaining_answer(struct CPUArchState *env, uint32_t vcpu, uint32_t leaf, uint32_t subleaf,
			     uint32_t answer[REGISTERS])
{
	const uint32_t highest = own_highest(env, leaf);

	if (leaf > highest || table_is_absent(active, vcpu, leaf) || table_hides(active, vcpu, leaf, highest))
		memset(answer, 0, REGISTERS * sizeof(*answer));
	else
		own_answer(env, leaf, subleaf, answer);
}

static const struct row *row_for(uint32_t vcpu, uint32_t leaf, uint32_t subleaf)
{
	const struct row *row = table_exact_row(active, vcpu, leaf, subleaf);

	return row ? row : table_any_row(active, vcpu, leaf);
}

/* A vCPU of which leaf 0xd is asked. */
struct asked_cpu {
	struct CPUArchState *env;
	uint32_t vcpu;
};

static void own_xsave(const void *asked, uint32_t subleaf, uint32_t answer[REGISTERS])
{
	own_answer(((const struct asked_cpu *)asked)->env, XSAVE_LEAF, subleaf, answer);
}

/* What the table shows, constants only: the sizes of states follow nothing. */
static void shown_xsave(const void *asked, uint32_t subleaf, uint32_t answer[REGISTERS])
{
	static const uint32_t no_values[REGISTERS];
	const struct asked_cpu *cpu = asked;
	const struct row *row = row_for(cpu->vcpu, XSAVE_LEAF, subleaf);

	remaining_answer(cpu->env, cpu->vcpu, XSAVE_LEAF, subleaf, answer);
	if (row)
		row_apply(row, no_values, answer);
}

static uint32_t value_of(struct CPUArchState *env, const struct vcpu *vcpu, enum vcpu_value value)
{
	const struct asked_cpu asked = { env, vcpu->number };
	const struct xsave_answers answers = { own_xsave, shown_xsave, &asked };

	switch (value) {
	case VALUE_APIC_ID:
		return vcpu->apic_id & 0xff;
	case VALUE_X2APIC_ID:
		return vcpu->apic_id;
	case VALUE_XSAVE_SIZE:
		return xsave_size(&answers, false);
	case VALUE_XSAVES_SIZE:
		return xsave_size(&answers, true);
	default:
		return 0;
	}
}

static void overridden_answer(struct CPUArchState *env, uint32_t leaf, uint32_t subleaf, uint32_t answer[REGISTERS])
{
	const struct vcpu vcpu = active->tells_vcpus_apart ? vcpu_of_state(env) : (struct vcpu){ 0 };
	const struct row *row = row_for(vcpu.number, leaf, subleaf);
	uint32_t values[REGISTERS];

	remaining_answer(env, vcpu.number, leaf, subleaf, answer);
	if (!row)
		return;
	for (int i = 0; i < REGISTERS; i++)
		values[i] = value_of(env, &vcpu, row->value[i]);
	row_apply(row, values, answer);
}

static void hooked_cpuid(struct CPUArchState *env, uint32_t leaf, uint32_t subleaf, uint32_t *eax, uint32_t *ebx,
			 uint32_t *ecx, uint32_t *edx)
{
	/*
	 * Not the caller's variables: helper_xsetbv() gives the same one for two registers. Zero first: of leaf 0x1c QEMU sets
	 * nothing where the CPU has no PMU (target/i386/cpu.c), and the guest saw what lay on QEMU's stack.
	 */
	uint32_t answer[REGISTERS] = { 0 };
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
	if (table && table->mechanism == MECHANISM_TCG && table->tells_vcpus_apart && !vcpus_are_exported())
		refuse("%s: expected a QEMU that exports qemu_get_cpu and object_property_get_uint, since the table "
		       "tells vCPUs apart",
		       program_invocation_name);
	if (tcg_is_exported())
		failure = hook_function(cpu_x86_cpuid, hooked_cpuid, (void **)&own_cpuid);
	/* Without a table it only tells when the kernel asks; with one for KVM it is only a guard, and asked-versus-got stands behind it. */
	if (failure && table && table->mechanism == MECHANISM_TCG)
		refuse("%s: expected a QEMU whose cpu_x86_cpuid can be taken over, got: %s", program_invocation_name,
		       failure);
}
