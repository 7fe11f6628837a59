// SPDX-License-Identifier: MIT
#include "subleaves.h"

#include <string.h>

/* How a leaf says which subleaves it has. Sources: Intel SDM volume 2A, CPUID; AMD APM volume 3, appendix E.4. */
enum rule {
	/* Every subleaf up to the first whose register has no bit of the mask set. */
	UNTIL_ZERO,
	/* Up to the number in EAX of subleaf 0. */
	UP_TO_EAX,
	/* Subleaf n where bit n of a register of subleaf 0 is set. */
	WHERE_BIT,
};

enum { EAX, EBX, ECX, EDX };

static const struct {
	uint32_t leaf;
	enum rule rule;
	uint8_t reg;
	/* The first subleaf that UNTIL_ZERO looks at. */
	uint8_t from;
	uint32_t mask;
} rules[] = {
	{ 0x4, UNTIL_ZERO, EAX, 0, 0x1f },          /* caches: type */
	{ 0x7, UP_TO_EAX, EAX, 0, 0 },              /* features */
	{ 0xb, UNTIL_ZERO, ECX, 0, 0xff00 },        /* topology: level type */
	{ 0xf, WHERE_BIT, EDX, 0, 0 },              /* RDT monitoring */
	{ 0x10, WHERE_BIT, EBX, 0, 0 },             /* RDT allocation */
	{ 0x12, UNTIL_ZERO, EAX, 2, 0xf },          /* SGX: EPC section type, from subleaf 2 on */
	{ 0x14, UP_TO_EAX, EAX, 0, 0 },             /* processor trace */
	{ 0x17, UP_TO_EAX, EAX, 0, 0 },             /* SoC vendor */
	{ 0x18, UP_TO_EAX, EAX, 0, 0 },             /* address translation */
	{ 0x1b, UNTIL_ZERO, EAX, 0, 0xfff },        /* PCONFIG: type */
	{ 0x1d, UP_TO_EAX, EAX, 0, 0 },             /* tile palettes */
	{ 0x1e, UP_TO_EAX, EAX, 0, 0 },             /* TMUL */
	{ 0x1f, UNTIL_ZERO, ECX, 0, 0xff00 },       /* topology, version 2: level type */
	{ 0x20, UP_TO_EAX, EAX, 0, 0 },             /* history reset */
	{ 0x23, WHERE_BIT, EAX, 0, 0 },             /* performance monitoring */
	{ 0x24, UP_TO_EAX, EAX, 0, 0 },             /* AVX10 */
	{ 0x8000001d, UNTIL_ZERO, EAX, 0, 0x1f },   /* AMD caches: type */
	{ 0x80000020, WHERE_BIT, EBX, 0, 0 },       /* AMD quality of service */
	{ 0x80000026, UNTIL_ZERO, ECX, 0, 0xff00 }, /* AMD topology: level type */
};

static uint32_t reg_of(const struct cpuid_answer *answer, int reg)
{
	switch (reg) {
	case EAX:
		return answer->eax;
	case EBX:
		return answer->ebx;
	case ECX:
		return answer->ecx;
	default:
		return answer->edx;
	}
}

/* Leaf 0xd: subleaf 1 always, then one for each state that XCR0 (subleaf 0) or XSS (subleaf 1) can enable. */
static uint64_t xsave_states(const struct cpuid_answer *zero)
{
	struct cpuid_answer one = cpuid(0xd, 1);

	return 2 | zero->eax | one.ecx | (uint64_t)(zero->edx | one.edx) << 32;
}

/* Xen's leaf base+3 tells of time in subleaves 0 to 2 (xen/include/public/arch-x86/cpuid.h). */
static bool is_xen_time(uint32_t leaf)
{
	struct cpuid_answer base;

	if (leaf >> 16 != 0x4000 || (leaf & 0xff) != 3)
		return false;
	base = cpuid(leaf & ~0xffu, 0);
	return !memcmp(&base.ebx, "XenVMMXenVMM", 12);
}

static void each_bit(uint32_t leaf, uint64_t bits, void (*add)(const struct cpuid_answer *answer))
{
	for (uint32_t subleaf = 1; subleaf < MAX_SUBLEAVES; subleaf++) {
		if (bits >> subleaf & 1) {
			struct cpuid_answer answer = cpuid(leaf, subleaf);

			add(&answer);
		}
	}
}

/* Subleaves 1 to @last. */
static uint64_t up_to(uint32_t last)
{
	return last >= MAX_SUBLEAVES - 1 ? ~0ull : (1ull << (last + 1)) - 1;
}

void each_subleaf(uint32_t leaf, void (*add)(const struct cpuid_answer *answer))
{
	struct cpuid_answer answer = cpuid(leaf, 0);

	add(&answer);
	if (leaf == 0xd)
		each_bit(leaf, xsave_states(&answer), add);
	if (is_xen_time(leaf))
		each_bit(leaf, up_to(2), add);
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (rules[i].leaf != leaf)
			continue;
		if (rules[i].rule == UP_TO_EAX)
			each_bit(leaf, up_to(answer.eax), add);
		if (rules[i].rule == WHERE_BIT)
			each_bit(leaf, reg_of(&answer, rules[i].reg), add);
		if (rules[i].rule != UNTIL_ZERO)
			continue;
		for (uint32_t subleaf = 1; subleaf < MAX_SUBLEAVES; subleaf++) {
			if (subleaf > rules[i].from && !(reg_of(&answer, rules[i].reg) & rules[i].mask))
				break;
			answer = cpuid(leaf, subleaf);
			add(&answer);
		}
	}
}
