// SPDX-License-Identifier: MIT
/*
 * TCG: the guest's TSC counts at a rate that guise chooses, exactly.
 *
 * QEMU reads it from cpus_get_elapsed_ticks() (system/cpus.c, softmmu/cpus.c), and for nothing else: in nanoseconds of
 * virtual time with -icount, that is at 1 GHz, and else as this machine's own counter.  That function is a jump to one of
 * the two that it chooses from, so that its replacement needs nothing of it.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "beside.h"
#include "override.h"

/* QEMU's own symbols; weak, so that they are null in every other program. */
extern int64_t cpus_get_elapsed_ticks(void) __attribute__((weak, visibility("default")));
extern int64_t icount_get(void) __attribute__((weak, visibility("default")));
extern int64_t cpu_get_ticks(void) __attribute__((weak, visibility("default")));

static int64_t (*ticks)(void);
/* In kHz: what the TSC is to count at, and what the ticks do. */
static uint64_t wanted, own;

static int64_t scaled_ticks(void)
{
	return (int64_t)((unsigned __int128)ticks() * wanted / own);
}

/*
 * mov cpus_accel(%rip), %rax; mov get_elapsed_ticks(%rax), %rax; test %rax, %rax: nothing jumps into the first bytes of
 * that, and whatever else it is, it is not the function of QEMU 5.2 to 11.1.
 */
static bool is_known(const uint8_t *code)
{
	static const uint8_t endbr64[] = { 0xf3, 0x0f, 0x1e, 0xfa };

	if (memcmp(code, endbr64, sizeof(endbr64)) == 0)
		code += sizeof(endbr64);
	if (code[0] != 0x48 || code[1] != 0x8b || code[2] != 0x05 || code[7] != 0x48 || code[8] != 0x8b)
		return false;
	return (code[9] == 0x40 && code[11] == 0x48 && code[12] == 0x85) ||
	       (code[9] == 0x80 && code[14] == 0x48 && code[15] == 0x85);
}

void tsc_start(const char *rate)
{
	const char *failure = "another code";
	char clock[8];

	if (sscanf(rate, "%7s %" SCNu64 " %" SCNu64, clock, &wanted, &own) != 3 || !wanted || !own)
		refuse("expected a TSC's rate, `virtual` or `real` and two numbers of kHz, got: %s", rate);
	ticks = strcmp(clock, "virtual") == 0 ? icount_get : cpu_get_ticks;
	if (cpus_get_elapsed_ticks && ticks && is_known((const uint8_t *)cpus_get_elapsed_ticks))
		failure = replace_function(cpus_get_elapsed_ticks, scaled_ticks);
	if (failure)
		refuse("%s: expected a QEMU whose cpus_get_elapsed_ticks can be replaced, got: %s",
		       program_invocation_name, failure);
}
