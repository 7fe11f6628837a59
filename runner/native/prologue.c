// SPDX-License-Identifier: MIT
/*
 * A decoder for the few instructions that compilers begin a function with, and no others.  What it does not know for
 * certain it does not measure: a wrong length would tear an instruction in two and send QEMU into garbage.
 *
 * Source of the encodings: Intel SDM volume 2, chapters 2.1 and 2.2 (ModR/M, SIB and REX) and the pages of the
 * instructions named below; 64-bit mode.
 */
#include <string.h>

#include "override.h"

static const uint8_t endbr64[] = { 0xf3, 0x0f, 0x1e, 0xfa };

/* The parts of a ModR/M byte. */
static unsigned int modrm_mod(uint8_t modrm)
{
	return modrm >> 6;
}
static unsigned int modrm_rm(uint8_t modrm)
{
	return modrm & 7;
}

/* Bytes of the ModR/M byte and what belongs to it, or 0: cut short, or relative to RIP. */
static size_t operand_length(const uint8_t *code, size_t size)
{
	static const size_t displacement[] = { 0, 1, 4, 0 };
	unsigned int mod, rm;
	size_t length = 1;

	if (size < 1)
		return 0;
	mod = modrm_mod(code[0]);
	rm = modrm_rm(code[0]);
	if (mod == 0 && rm == 5)
		return 0;          /* [rip + disp32] means something else elsewhere */
	if (mod != 3 && rm == 4) { /* a SIB byte follows */
		if (size < 2)
			return 0;
		length++;
		if (mod == 0 && (code[1] & 7) == 5)
			length += 4; /* no base register, disp32 */
	}
	length += displacement[mod];
	return length <= size ? length : 0;
}

/* Bytes of one instruction, or 0. */
static size_t instruction_length(const uint8_t *code, size_t size)
{
	size_t prefix, operand;
	uint8_t rex;

	if (size >= sizeof(endbr64) && memcmp(code, endbr64, sizeof(endbr64)) == 0)
		return sizeof(endbr64);

	prefix = size >= 1 && (code[0] & 0xf0) == 0x40;
	rex = prefix ? code[0] : 0;
	if (size <= prefix)
		return 0;
	code += prefix;
	size -= prefix;

	if ((code[0] & 0xf8) == 0x50) /* push r64 */
		return prefix + 1;

	operand = operand_length(code + 1, size - 1);
	if (operand == 0)
		return 0;
	switch (code[0]) {
	case 0x89: /* mov r/m, r */
	case 0x8b: /* mov r, r/m */
	case 0x31: /* xor r/m, r */
	case 0x33: /* xor r, r/m */
		return prefix + 1 + operand;
	case 0x8d: /* lea r, m */
		return modrm_mod(code[1]) != 3 ? prefix + 1 + operand : 0;
	case 0x83: /* sub rsp, imm8 */
	case 0x81: /* sub rsp, imm32 */
		if (rex != 0x48 || code[1] != 0xec)
			return 0;
		operand += code[0] == 0x83 ? 1 : 4;
		return 1 + operand <= size ? prefix + 1 + operand : 0;
	default:
		return 0;
	}
}

size_t prologue_length(const uint8_t *code, size_t size, size_t needed)
{
	size_t total = 0;

	while (total < needed) {
		size_t length = instruction_length(code + total, size - total);

		if (length == 0)
			return 0;
		total += length;
	}
	return total;
}
