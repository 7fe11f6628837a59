// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "print-cpuid.h"

#include <sched.h>
#include <stdio.h>

#include "../cpuid.h"

int print_cpuid(void)
{
	static const struct request usual;
	const struct cpuid_answer *answers;
	int cpus = 0;
	cpu_set_t only;

	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		size_t count;

		CPU_ZERO(&only);
		CPU_SET(cpu, &only);
		if (sched_setaffinity(0, sizeof(only), &only))
			continue;
		count = dump_cpuid(&usual, &answers);
		printf("CPU %d:\n", cpu);
		for (size_t i = 0; i < count; i++) {
			const struct cpuid_answer *a = &answers[i];

			printf("   0x%08x 0x%02x: eax=0x%08x ebx=0x%08x ecx=0x%08x edx=0x%08x\n", a->leaf, a->subleaf,
			       a->eax, a->ebx, a->ecx, a->edx);
		}
		cpus++;
	}
	return cpus ? 0 : 1;
}
