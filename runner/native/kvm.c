// SPDX-License-Identifier: MIT
/*
 * KVM: QEMU hands the CPUID entries to the kernel by libc's ioctl(), so a preloaded ioctl() sees them first.  Nothing
 * but KVM_CREATE_VCPU and KVM_SET_CPUID2 under a table for KVM is looked at; everything else passes as it came.
 */
#include <linux/kvm.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "override.h"

static const struct table *active;

void kvm_override(const struct table *table)
{
	active = table;
}

/* The vCPUs in the order in which QEMU creates them, each before the next has begun; that is how it counts them. */
static struct {
	int fd;
	uint32_t apic_id;
} created[MAX_VCPUS];
static uint32_t created_count;

/* On x86 QEMU gives the APIC id as the vCPU's (kvm_arch_vcpu_id() in target/i386/kvm/kvm.c). */
static long create_vcpu(int fd, unsigned long apic_id)
{
	long vcpu = syscall(SYS_ioctl, fd, KVM_CREATE_VCPU, apic_id);
	uint32_t number;

	if (vcpu < 0)
		return vcpu;
	number = __atomic_fetch_add(&created_count, 1, __ATOMIC_SEQ_CST);
	if (number < MAX_VCPUS) {
		created[number].fd = vcpu;
		created[number].apic_id = apic_id;
	}
	return vcpu;
}

static struct vcpu vcpu_of_fd(int fd)
{
	for (uint32_t number = 0; number < created_count && number < MAX_VCPUS; number++)
		if (created[number].fd == fd)
			return (struct vcpu){ .number = number, .apic_id = created[number].apic_id };
	if (active->tells_vcpus_apart)
		refuse("expected at most %d vCPUs, each made by KVM_CREATE_VCPU, got CPUID entries for another",
		       MAX_VCPUS);
	return (struct vcpu){ 0 };
}

static long set_cpuid2(int fd, const struct kvm_cpuid2 *original)
{
	struct {
		struct kvm_cpuid2 list;
		struct kvm_cpuid_entry2 entries[KVM_MAX_CPUID_ENTRIES];
	} edited;

	const struct vcpu vcpu = vcpu_of_fd(fd);

	cpuid2_edit(active, &vcpu, original, &edited.list);
	return syscall(SYS_ioctl, fd, KVM_SET_CPUID2, &edited.list);
}

/*
 * libc's own ioctl() is this system call and no more on x86-64.  Calling it by number needs no dlsym(), which moved
 * from libdl to libc in glibc 2.34: the object is built once and preloaded into QEMUs with older and newer libraries.
 */
__attribute__((visibility("default"))) int ioctl(int fd, unsigned long request, ...)
{
	va_list arguments;
	void *argument;

	/* The kernel takes three words whatever the request; where the caller gave two, the third is not looked at. */
	va_start(arguments, request);
	argument = va_arg(arguments, void *);
	va_end(arguments);

	/* The kernel, too, looks at the low 32 bits only. */
	if (active && (uint32_t)request == KVM_CREATE_VCPU)
		return create_vcpu(fd, (unsigned long)argument);
	if (active && (uint32_t)request == KVM_SET_CPUID2)
		return set_cpuid2(fd, argument);
	return syscall(SYS_ioctl, fd, request, argument);
}
