// SPDX-License-Identifier: MIT
/*
 * Takes over a function of the running program.  Its first instructions move to a trampoline that ends with a jump to
 * the rest of the function, and a jump to the replacement takes their place.
 *
 * Could other code jump into the bytes that are replaced?  Not into a prologue: the pushes that it consists of would be
 * done again.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "override.h"

/*
 * jmp *0(%rip), followed by the address: reaches all of the address space, where the 5-byte form reaches 2 GiB, and
 * changes no register.
 */
enum { JUMP_SIZE = 14, MAX_INSTRUCTION = 15 };

/* No bytes past these are looked at.  A function has code enough behind it: its own, or the next section's. */
enum { WINDOW = JUMP_SIZE + MAX_INSTRUCTION };

static void write_jump(uint8_t *at, const void *to)
{
	static const uint8_t opcode[] = { 0xff, 0x25, 0x00, 0x00, 0x00, 0x00 };

	memcpy(at, opcode, sizeof(opcode));
	memcpy(at + sizeof(opcode), &to, sizeof(to));
}

static const char *unknown_prologue(const uint8_t *code)
{
	static char text[128] = "bytes no prologue known to be movable:";
	size_t length = strlen(text);

	for (int i = 0; i < WINDOW && length + 4 <= sizeof(text); i++)
		length += snprintf(text + length, sizeof(text) - length, " %02x", code[i]);
	return text;
}

/* A page of `size` bytes moved from `code` and a jump to what follows them there; NULL and errno where refused. */
static void *make_trampoline(const uint8_t *code, size_t size)
{
	uint8_t *page = mmap(NULL, WINDOW + JUMP_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return NULL;
	memcpy(page, code, size);
	write_jump(page + size, code + size);
	/* Never writable and executable at once, here and below: hardened hosts refuse that. */
	return mprotect(page, WINDOW + JUMP_SIZE, PROT_READ | PROT_EXEC) == 0 ? page : NULL;
}

/* Writes the jump over the function's first bytes, which are readable and executable before, and after. */
static bool redirect(uint8_t *code, const void *to)
{
	const uintptr_t page_size = sysconf(_SC_PAGESIZE);
	const uintptr_t start = (uintptr_t)code & ~(page_size - 1);
	const size_t size = (uintptr_t)code + JUMP_SIZE - start;

	if (mprotect((void *)start, size, PROT_READ | PROT_WRITE) != 0)
		return false;
	write_jump(code, to);
	if (mprotect((void *)start, size, PROT_READ | PROT_EXEC) != 0)
		refuse("%s: expected its code to become executable again, got: %s", program_invocation_name,
		       strerror(errno));
	return true;
}

const char *hook_function(void *function, void *replacement, void **original)
{
	const size_t size = prologue_length(function, WINDOW, JUMP_SIZE);

	if (size == 0)
		return unknown_prologue(function);
	*original = make_trampoline(function, size);
	if (!*original || !redirect(function, replacement))
		return strerror(errno);
	return NULL;
}

const char *replace_function(void *function, void *replacement)
{
	return redirect(function, replacement) ? NULL : strerror(errno);
}
