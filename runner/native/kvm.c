// SPDX-License-Identifier: MIT
/*
 * KVM: QEMU hands the CPUID entries to the kernel by libc's ioctl(), so a preloaded ioctl() sees them first.  Nothing
 * but KVM_SET_CPUID2 under a table for KVM is looked at; everything else passes as it came.
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

static long set_cpuid2(int fd, const struct kvm_cpuid2 *original)
{
	struct {
		struct kvm_cpuid2 list;
		struct kvm_cpuid_entry2 entries[KVM_MAX_CPUID_ENTRIES];
	} edited;

	cpuid2_edit(active, original, &edited.list);
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
	if (active && (uint32_t)request == KVM_SET_CPUID2)
		return set_cpuid2(fd, argument);
	return syscall(SYS_ioctl, fd, request, argument);
}
