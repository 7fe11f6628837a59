// SPDX-License-Identifier: MIT
/*
 * The size of the XSAVE area, which follows what the guest has enabled (Intel SDM vol. 1, 13.4, and CPUID leaf 0xd).
 */
#include "override.h"

/* The area that FXSAVE fills and the header behind it. */
enum { LEGACY_SIZE = 512 + 64, FIRST_STATE = 2, STATES = 63 };

/*
 * The last of the states that the guest's XCR0 enables.  QEMU's own answer tells: EBX of subleaf 0 is where the last of them ends in
 * QEMU's own layout.
 */
static uint32_t last_enabled_state(const struct xsave_answers *answers)
{
	uint32_t whole[REGISTERS], state[REGISTERS];
	uint32_t last = 0;

	answers->own(answers->cpu, 0, whole);
	for (uint32_t i = FIRST_STATE; i < STATES; i++) {
		answers->own(answers->cpu, i, state);
		if (state[EAX] != 0 && state[EBX] + state[EAX] == whole[EBX])
			last = i;
	}
	return last;
}

uint32_t xsave_size(const struct xsave_answers *answers, bool compacted)
{
	const uint32_t last = last_enabled_state(answers);
	uint32_t shown[REGISTERS];
	uint32_t size = LEGACY_SIZE;
	uint64_t states;

	answers->shown(answers->cpu, 0, shown);
	states = shown[EAX] | (uint64_t)shown[EDX] << 32;
	for (uint32_t i = FIRST_STATE; i <= last; i++) {
		uint32_t end;

		if (!(states >> i & 1))
			continue;
		answers->shown(answers->cpu, i, shown);
		if (compacted && shown[ECX] & 2) /* aligned to 64 bytes */
			size = (size + 63) & ~63u;
		end = compacted ? size + shown[EAX] : shown[EBX] + shown[EAX];
		size = end > size ? end : size;
	}
	return size;
}
