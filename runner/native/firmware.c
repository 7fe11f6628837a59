// SPDX-License-Identifier: MIT
/*
 * TCG: does the firmware ask?  SeaBIOS reads the hypervisor leaves, too, and hangs on a Xen of too few of them
 * (src/fw/xen.c, xen_preinit()).  All of its CPUID instructions run in flat 32-bit mode in its own segment below 1 MiB.
 * No kernel runs there: its real-mode code has an EIP below 0x10000, and itself it lies at 1 MiB and above.
 */
#include <string.h>

#include "override.h"

/* The BIOS area of the first MiB; SeaBIOS 1.16 asks from 0xe9000 to 0xeafff, OVMF and qboot from elsewhere. */
enum { FIRMWARE_FIRST = 0xe0000, FIRMWARE_LAST = 0xffffe };

/*
 * CPUX86State starts with the general registers, and EIP is next (target/i386/cpu.h): behind 16 of them to QEMU 10.0,
 * behind 32 since it makes room for those of APX.
 */
static const size_t registers_before_eip[] = { 16, 32 };

/* QEMU's own symbols, the second since 11.0 in place of the first; weak, so that they are null in every other program. */
extern void cpu_physical_memory_rw(uint64_t address, void *buffer, uint64_t length, bool is_write)
	__attribute__((weak, visibility("default")));
extern void physical_memory_read(uint64_t address, void *buffer, uint64_t length)
	__attribute__((weak, visibility("default")));

/* Paging is off in the firmware, and its segments start at 0: what EIP says is where the instruction lies. */
static bool is_cpuid_of_firmware(uint64_t address)
{
	static const uint8_t cpuid[] = { 0x0f, 0xa2 };
	uint8_t code[sizeof(cpuid)];

	if (address < FIRMWARE_FIRST || address > FIRMWARE_LAST)
		return false;
	if (cpu_physical_memory_rw)
		cpu_physical_memory_rw(address, code, sizeof(code), false);
	else
		physical_memory_read(address, code, sizeof(code));
	return memcmp(code, cpuid, sizeof(cpuid)) == 0;
}

/*
 * The instruction itself proves which of the places holds EIP: what else could lie in a CPU's state and be the address
 * of a CPUID of the firmware's?
 */
bool firmware_asks(const void *cpu_state)
{
	if (!cpu_physical_memory_rw && !physical_memory_read)
		return false;
	for (size_t i = 0; i < sizeof(registers_before_eip) / sizeof(*registers_before_eip); i++) {
		uint64_t address;

		memcpy(&address, (const uint64_t *)cpu_state + registers_before_eip[i], sizeof(address));
		if (is_cpuid_of_firmware(address))
			return true;
	}
	return false;
}
