// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "leaves.h"

#include <sched.h>
#include <stddef.h>

#include "subleaves.h"

#define FIRST_BASE 0x40000000u
#define LAST_BASE 0x4000ff00u
#define EXTENDED 0x80000000u

/* The most leaves of one range, and the distance between two hypervisor bases. */
#define MAX_LEAVES 0x100u

/* The most answers of one vCPU; QEMU's own models give some 350, most of them absent hypervisor bases. */
#define MAX_ANSWERS 0x2000

struct cpuid_answer cpuid(uint32_t leaf, uint32_t subleaf)
{
	struct cpuid_answer answer = { .leaf = leaf, .subleaf = subleaf };

	__asm__ volatile("cpuid"
			 : "=a"(answer.eax), "=b"(answer.ebx), "=c"(answer.ecx), "=d"(answer.edx)
			 : "a"(leaf), "c"(subleaf));
	return answer;
}

static struct cpuid_answer answers[MAX_ANSWERS];
static size_t count;
static bool full;

/* Adds an answer, unless the same leaf and subleaf is there already. */
static void add(const struct cpuid_answer *answer)
{
	for (size_t i = 0; i < count; i++)
		if (answers[i].leaf == answer->leaf && answers[i].subleaf == answer->subleaf)
			return;
	if (count < MAX_ANSWERS)
		answers[count++] = *answer;
	else
		full = true;
}

/*
 * The last leaf of the range that starts at @base. A first leaf that does not name a leaf of its own 64 K says nothing:
 * an absent one reads as zero, or, on KVM with an Intel vendor, as the highest basic leaf.
 */
static uint32_t last_leaf(uint32_t base)
{
	struct cpuid_answer first = cpuid(base, 0);

	/* KVM once gave 0 where it meant its feature leaf (the kernel's Documentation/virt/kvm/x86/cpuid.rst). */
	if (base >> 16 == FIRST_BASE >> 16 && !first.eax && first.ebx)
		return base + 1;
	if (first.eax < base || first.eax >> 16 != base >> 16)
		return base;
	return first.eax - base < MAX_LEAVES ? first.eax : base + MAX_LEAVES - 1;
}

static void dump_range(uint32_t base)
{
	uint32_t last = last_leaf(base);

	for (uint32_t leaf = base; leaf <= last; leaf++)
		each_subleaf(leaf, add);
}

static void dump_requested(const struct leaf_range *range)
{
	/* 64 bits, as the last leaf may be the last there is. */
	for (uint64_t leaf = range->first; leaf <= range->last && !full; leaf++) {
		struct cpuid_answer answer;

		if (range->flags & RANGE_ENUMERATE) {
			each_subleaf(leaf, add);
			continue;
		}
		answer = cpuid(leaf, range->subleaf);
		add(&answer);
	}
}

static void take_leaves(const struct request *request)
{
	count = 0;
	dump_range(0);
	for (uint32_t base = FIRST_BASE; base <= LAST_BASE; base += MAX_LEAVES)
		dump_range(base);
	dump_range(EXTENDED);
	for (uint32_t i = 0; i < request->count; i++)
		dump_requested(&request->ranges[i]);
}

uint32_t each_cpu(const struct request *request, visit_leaves visit)
{
	cpu_set_t before, only;
	uint32_t cpus = 0;

	sched_getaffinity(0, sizeof(before), &before);
	for (uint32_t cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		CPU_ZERO(&only);
		CPU_SET(cpu, &only);
		/* The kernel refuses a CPU that is not online, which saves us from reading the list of those that are. */
		if (sched_setaffinity(0, sizeof(only), &only))
			continue;
		take_leaves(request);
		visit(cpu, answers, count);
		cpus++;
	}
	sched_setaffinity(0, sizeof(before), &before);
	return cpus;
}

bool leaves_left_out(void)
{
	return full;
}
