import { hypervisorFirst, type Registers, zeroRegisters } from './leaf.js'
import { type LeafEdit, mapRegisters } from './leaf-edit.js'
import { wholeValue } from './register-edit.js'
import { encodeInterfaceName, encodeSignature } from './signature.js'

interface HypervisorBlock {
  /** The signature of its base; EBX, ECX, EDX. */
  readonly signature: string
  /** The highest leaf of the block, from its base: what EAX of the base says. */
  readonly highest: number
  /** Leaves that are not zero, from the base. */
  readonly leaves?: Readonly<Record<number, Partial<Registers>>>
}

/**
 * What each hypervisor shows at its base: all that Linux needs to know it, and no feature that would have the kernel reach for
 * what only a real one has behind it.
 */
const blocks = {
  // Linux Documentation/virt/kvm/x86/cpuid.rst; no feature bit.
  kvm: { signature: 'KVMKVMKVM', highest: 1 },
  // Hypervisor Top Level Functional Specification, 2.4: the interface, a version (Server 2022), hypercalls and the VP index.
  hyperv: {
    signature: 'Microsoft Hv',
    highest: 6,
    leaves: {
      1: { eax: encodeInterfaceName('Hv#1') },
      2: { eax: 0x4f7c, ebx: 0xa0000, ecx: 1, edx: 0x4aa },
      3: { eax: 0x60 },
    },
  },
  // Xen xen/include/public/arch-x86/cpuid.h: version 4.17, one hypercall page by MSR 0x40000000.
  xen: {
    signature: 'XenVMMXenVMM',
    highest: 4,
    leaves: { 1: { eax: 0x0004_0011 }, 2: { eax: 1, ebx: 0x40000000 } },
  },
  // Linux arch/x86/kernel/cpu/vmware.c; the timing leaf of the 2008 proposal with 2 GHz and 66 MHz, no hypercall bit.
  vmware: {
    signature: 'VMwareVMware',
    highest: 0x10,
    leaves: { 0x10: { eax: 2_000_000, ebx: 66_000 } },
  },
  // Linux arch/x86/kernel/cpu/acrn.c; ACRN hypervisor/arch/x86/guest/vcpuid.c: the TSC's kHz in the timing leaf.
  acrn: { signature: 'ACRNACRNACRN', highest: 0x10, leaves: { 0x10: { eax: 2_000_000 } } },
  // Linux arch/x86/kernel/jailhouse.c
  jailhouse: { signature: 'Jailhouse', highest: 1 },
  // FreeBSD sys/amd64/vmm/x86.c; Linux arch/x86/kernel/cpu/bhyve.c
  bhyve: { signature: 'bhyve bhyve ', highest: 1 },
} as const satisfies Record<string, HypervisorBlock>

/** A hypervisor whose block of leaves guise knows. */
export type BlockName = keyof typeof blocks

/** See {@link BlockName}. */
export const blockNames = Object.keys(blocks) as [BlockName, ...BlockName[]]

/** The leaves that `name` shows at `base`, each stated whole. */
export function blockEdits(name: BlockName, base: number = hypervisorFirst): LeafEdit[] {
  const { signature, highest, leaves = {} }: HypervisorBlock = blocks[name]
  const first = { eax: base + highest, ...encodeSignature(signature) }
  const edit = (leaf: number, registers: Registers): LeafEdit => ({
    leaf,
    subleaf: null,
    registers: mapRegisters(register => wholeValue(registers[register])),
  })
  return [
    edit(base, first),
    ...Object.entries(leaves).map(([offset, registers]) =>
      edit(base + Number(offset), { ...zeroRegisters, ...registers }),
    ),
    // A leaf of zeros is stated, too: with `model` it takes the place of QEMU's own.
    ...(1 in leaves ? [] : [edit(base + 1, zeroRegisters)]),
  ]
}
