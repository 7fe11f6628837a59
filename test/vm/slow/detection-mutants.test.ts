import { type Mutant, testMutants } from './mutants.js'
import type { CompiledAnew, SourcePatch } from './patched-kernel.js'

// Changes of a line or two in the detection code of Linux 6.1, each caught by the scenarios made for it. Builds a kernel (minutes,
// the first time) and mounts overlays: for root, by `npm run test:slow`.

/** Scenarios that pass whatever the change: what is caught is the change, not a kernel that does nothing right. */
const unharmed = ['kvm-no-features', 'hyperv', 'vmware', 'xen-nopv', 'bare-metal']

/** Who looks for a hypervisor by hypervisor_cpuid_base(), a function of a header. */
const callers: CompiledAnew = [
  'arch/x86/kernel/kvm.c',
  'arch/x86/kernel/jailhouse.c',
  'arch/x86/kernel/cpu/acrn.c',
  'arch/x86/xen/enlighten_hvm.c',
]

const processor = 'arch/x86/include/asm/processor.h'
const xen = 'arch/x86/include/asm/xen/hypervisor.h'
const kvm = 'arch/x86/kernel/kvm.c'
const hyperv = 'arch/x86/kernel/cpu/mshyperv.c'
const vmware = 'arch/x86/kernel/cpu/vmware.c'

/** For every comparison of a signature, the same other way to compare. */
function compareBy(how: (a: string, b: string) => string): SourcePatch {
  const escaped = (text: string) => text.replaceAll('&', '\\&')
  const by = (a: string, b: string) => escaped(how(a, b))
  return {
    [processor]: `s/!memcmp(sig, signature, 12)/${by('sig', '(char *)signature')}/`,
    [hyperv]: `s/memcmp("Microsoft Hv", hyp_signature, 12)/!(${by('"Microsoft Hv"', '(char *)hyp_signature')})/`,
    [vmware]: `s/!memcmp(hyper_vendor_id, "VMwareVMware", 12)/${by('"VMwareVMware"', '(char *)hyper_vendor_id')}/`,
  }
}

const vendors = ['kvm', 'xen', 'hyperv', 'vmware']
const signatures = (part: string) => vendors.map(vendor => `${vendor}-signature-${part}`)

const mutants: readonly Mutant[] = [
  {
    name: 'the first eight bytes of a signature are compared',
    patch: compareBy((a, b) => `!memcmp(${a}, ${b}, 8)`),
    anew: [...callers, hyperv, vmware],
    caughtBy: [
      ...signatures('last'),
      'kvm-signature-eight-letters',
      'kvm-signature-twelve-letters',
      'acrn-signature-last',
      'jailhouse-signature-last',
    ],
  },
  {
    name: 'the last eight bytes of a signature are compared',
    patch: compareBy((a, b) => `!memcmp(${a} + 4, ${b} + 4, 8)`),
    anew: [...callers, hyperv, vmware],
    caughtBy: signatures('first'),
  },
  {
    name: 'the middle of a signature is not compared',
    patch: compareBy((a, b) => `!memcmp(${a}, ${b}, 4) && !memcmp(${a} + 8, ${b} + 8, 4)`),
    anew: [...callers, hyperv, vmware],
    caughtBy: signatures('middle'),
  },
  {
    name: 'a signature is compared whatever its case, up to a NUL',
    patch: compareBy((a, b) => `!strncasecmp(${a}, ${b}, 12)`),
    anew: [...callers, hyperv, vmware],
    caughtBy: ['first', 'middle', 'last'].flatMap(signatures),
  },
  {
    name: 'the scan for a signature does not stop where it is found',
    patch: {
      [processor]: [
        's/uint32_t base, eax, signature\\[3\\];/uint32_t base, eax, signature[3], last = 0;/',
        '/hypervisor_cpuid_base(const char/,/^}/s/return base;/last = base;/',
        '/hypervisor_cpuid_base(const char/,/^}/s/return 0;/return last;/',
      ].join(';'),
    },
    anew: callers,
    caughtBy: ['kvm-twice'],
  },
  {
    name: 'Xen needs a leaf more',
    patch: { [xen]: 's/("XenVMMXenVMM", 2)/("XenVMMXenVMM", 3)/' },
    caughtBy: ['xen-two-leaves'],
  },
  {
    name: 'the highest leaf must lie beyond what is asked for',
    patch: { [processor]: 's/(eax - base) >= leaves/(eax - base) > leaves/' },
    anew: callers,
    caughtBy: ['xen-two-leaves'],
  },
  {
    name: 'Xen needs a leaf less',
    patch: { [xen]: 's/("XenVMMXenVMM", 2)/("XenVMMXenVMM", 1)/' },
    caughtBy: ['xen-one-leaf'],
  },
  {
    name: 'Xen needs no leaves',
    patch: { [xen]: 's/("XenVMMXenVMM", 2)/("XenVMMXenVMM", 0)/' },
    caughtBy: ['xen-one-leaf', 'xen-no-leaves'],
  },
  {
    name: 'KVM needs a leaf beyond its base',
    patch: { [kvm]: 's/(KVM_SIGNATURE, 0)/(KVM_SIGNATURE, 1)/' },
    caughtBy: ['kvm-own-base-max-leaf'],
  },
  {
    name: 'VMware is looked for by DMI whatever the hypervisor bit says',
    patch: { [vmware]: 's/} else if (dmi_available/} if (dmi_available/' },
    caughtBy: ['vmware-dmi-with-bit'],
  },
  {
    name: 'VMware by DMI is known by its manufacturer',
    patch: { [vmware]: 's/dmi_name_in_serial("VMware")/dmi_name_in_vendors("VMware")/' },
    caughtBy: ['vmware-dmi-no-serial'],
  },
  {
    name: 'VMware by DMI is not asked by its port',
    patch: { [vmware]: 's/^\\t\\t   __vmware_platform())/\\t\\t   true)/' },
    caughtBy: ['vmware-dmi-no-port'],
  },
  {
    name: 'how VMware is called is read from a leaf beyond its highest, and from all bits',
    patch: {
      [vmware]: [
        's/if (eax >= CPUID_VMWARE_FEATURES_LEAF)/if (true)/',
        's/return (ecx & (/return (ecx \\& (~0u | /',
      ].join(';'),
    },
    caughtBy: ['vmware-low-max-leaf', 'vmware-both-calls'],
  },
]

testMutants(mutants, unharmed)
