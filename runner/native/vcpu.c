// SPDX-License-Identifier: MIT
/*
 * TCG: which vCPU asks?  cpu_x86_cpuid() is given a CPU's registers, which lie within the object of that CPU.  QEMU exports the
 * list of these objects and what reads their properties.
 */
#include <stdatomic.h>

#include "override.h"

/* QEMU's own symbols; weak, so that they are null in every other program. */
extern void *qemu_get_cpu(int index) __attribute__((weak, visibility("default")));
extern uint64_t object_property_get_uint(void *object, const char *name, void **error)
	__attribute__((weak, visibility("default")));

/* Those that have asked before; QEMU's list is a long walk for each of many vCPUs. */
static struct {
	_Atomic(const void *) state;
	struct vcpu vcpu;
} known[MAX_VCPUS];

bool vcpus_are_exported(void)
{
	return qemu_get_cpu && object_property_get_uint;
}

/* Objects do not overlap: the state lies in the one that starts closest before it. */
static struct vcpu find(const void *cpu_state)
{
	struct vcpu vcpu = { 0 };
	void *closest = NULL;
	void *cpu;

	for (int i = 0; (cpu = qemu_get_cpu(i)) != NULL; i++)
		if (cpu <= cpu_state && cpu > closest) {
			closest = cpu;
			vcpu.number = i;
		}
	if (closest)
		vcpu.apic_id = object_property_get_uint(closest, "apic-id", NULL);
	return vcpu;
}

struct vcpu vcpu_of_state(const void *cpu_state)
{
	struct vcpu vcpu;

	for (unsigned int i = 0; i < MAX_VCPUS; i++) {
		const void *state = atomic_load_explicit(&known[i].state, memory_order_acquire);

		if (state == cpu_state)
			return known[i].vcpu;
		if (!state)
			break;
	}
	vcpu = find(cpu_state);
	/* Its number is a place that no other vCPU writes to. */
	if (vcpu.number < MAX_VCPUS) {
		known[vcpu.number].vcpu = vcpu;
		atomic_store_explicit(&known[vcpu.number].state, cpu_state, memory_order_release);
	}
	return vcpu;
}
