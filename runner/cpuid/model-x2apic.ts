// The models without x2APIC (CPUID_EXT_X2APIC in builtin_x86_defs of QEMU's target/i386/cpu.c).
const withoutX2apic =
  /^(?:qemu(?:32|64)|kvm(?:32|64)|486|pentium[23]?|athlon|coreduo|core2duo|n270|phenom|Conroe|Penryn|Nehalem|Westmere|Opteron_G\d|EPYC|Dhyana)(?:-|$)/

/** Whether a CPU model of QEMU's offers x2APIC unless it is told otherwise; one that is not known may. */
export function modelMayHaveX2apic(model: string): boolean {
  return !withoutX2apic.test(model)
}
