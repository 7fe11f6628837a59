import { baseStride, hex32, hypervisorFirst, hypervisorLast } from '../cpuid/leaf.js'
import { decodeSignature } from '../cpuid/signature.js'
import type { HypervisorOwner } from '../scenario/interface-ids.js'
import type { InterfaceFacts } from './interfaces/facts.js'

/** A hypervisor that a kernel's probe would find. */
export interface Candidate {
  readonly owner: HypervisorOwner
  /** As `Hypervisor detected: ` names it. */
  readonly name: string
  /** The base that bears its signature. */
  readonly base: number
  /** What its `detect()` returns: the highest wins, of equal ones the first. */
  readonly priority: number
  /** Why it would return 0 all the same: a requirement that is not met. Null where it counts. */
  readonly refused: string | null
  /** Whether it is probed for under `nopv`, too (`ignore_nopv` in struct hypervisor_x86). */
  readonly ignoresNopv: boolean
}

interface Probe {
  readonly owner: HypervisorOwner
  readonly name: string
  readonly signature: string
  /** Which bases it looks at. */
  readonly bases: 'first' | 'all'
  readonly needsBit: boolean
  /** The least that EAX of the base may be beyond the base; 0 for any. */
  readonly leastLeaves: number
  readonly priority: (base: number, highest: number) => number
  readonly require?: (leaf: InterfaceFacts['leaf'], highest: number) => string | null
}

const byBase = (base: number) => base

/**
 * How Linux probes, in the order of `hypervisors[]` (arch/x86/kernel/cpu/hypervisor.c): kvm.c, jailhouse.c, cpu/vmware.c,
 * cpu/mshyperv.c, cpu/acrn.c, cpu/bhyve.c and xen/enlighten_hvm.c of arch/x86. What a kernel's configuration leaves out it
 * does not probe for.
 */
const probes: readonly Probe[] = [
  {
    owner: 'xen',
    name: 'Xen HVM',
    signature: 'XenVMMXenVMM',
    bases: 'all',
    needsBit: false,
    leastLeaves: 2,
    priority: byBase,
  },
  {
    owner: 'vmware',
    name: 'VMware',
    signature: 'VMwareVMware',
    bases: 'first',
    needsBit: true,
    leastLeaves: 0,
    priority: byBase,
  },
  {
    owner: 'hyperv',
    name: 'Microsoft Hyper-V',
    signature: 'Microsoft Hv',
    bases: 'first',
    needsBit: true,
    leastLeaves: 0,
    priority: byBase,
    require: (leaf, highest) => {
      if (highest < hypervisorFirst + 5 || highest > hypervisorLast) {
        return `its highest leaf, ${hex32(highest)}, is none of 0x40000005 to 0x4000ffff`
      }
      // Commit f3e613e72f66, since 5.16 and 5.15.7.
      const missing = [
        ...(leaf(0x40000003).eax & (1 << 5) ? [] : ['hypercalls']),
        ...(leaf(0x40000003).eax & (1 << 6) ? [] : ['the VP index']),
      ]
      return missing.length === 0 ? null : `it lacks ${missing.join(' and ')} (0x40000003 eax)`
    },
  },
  {
    owner: 'kvm',
    name: 'KVM',
    signature: 'KVMKVMKVM',
    bases: 'all',
    needsBit: true,
    leastLeaves: 0,
    priority: byBase,
  },
  {
    owner: 'jailhouse',
    name: 'Jailhouse',
    signature: 'Jailhouse',
    bases: 'all',
    needsBit: true,
    leastLeaves: 0,
    priority: byBase,
  },
  {
    owner: 'acrn',
    name: 'ACRN',
    signature: 'ACRNACRNACRN',
    bases: 'all',
    needsBit: true,
    leastLeaves: 0,
    priority: byBase,
  },
  {
    owner: 'bhyve',
    name: 'Bhyve',
    signature: 'bhyve bhyve ',
    bases: 'all',
    needsBit: true,
    leastLeaves: 0,
    // Alone among them it returns the highest leaf, not the base.
    priority: (_, highest) => highest,
  },
]

/** The hypervisor that a kernel calls so, in `Hypervisor detected: ` or in its paravirt banner. */
export function hypervisorNamed(name: string): HypervisorOwner | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/^microsoft | hvm$|[^a-z]/g, '')
  return probes.find(probe => plain(probe.name) === plain(name))?.owner
}

/** What Linux's probes make of the leaves, the winner first. */
export function candidatesOf({ leaf }: Pick<InterfaceFacts, 'leaf'>): Candidate[] {
  const hasBit = (leaf(1).ecx & (1 << 31)) !== 0
  return probes
    .flatMap(probe => {
      const base = findBase(leaf, probe)
      if (base === null) return []
      const highest = leaf(base).eax
      const refused =
        probe.needsBit && !hasBit
          ? 'the hypervisor bit (0x00000001 ecx bit 31) is clear'
          : (probe.require?.(leaf, highest) ?? null)
      const { owner, name } = probe
      const ignoresNopv = owner === 'xen' || owner === 'jailhouse'
      return [{ owner, name, base, priority: probe.priority(base, highest), refused, ignoresNopv }]
    })
    .sort(
      (a, b) => Number(a.refused !== null) - Number(b.refused !== null) || b.priority - a.priority,
    )
}

function findBase(leaf: InterfaceFacts['leaf'], probe: Probe): number | null {
  const count = probe.bases === 'first' ? 1 : 256
  for (
    let base = hypervisorFirst;
    base < hypervisorFirst + count * baseStride;
    base += baseStride
  ) {
    const registers = leaf(base)
    if (decodeSignature(registers) !== probe.signature) continue
    // Unsigned: an EAX below the base passes (hypervisor_cpuid_base()).
    if (probe.leastLeaves === 0 || (registers.eax - base) >>> 0 >= probe.leastLeaves) return base
  }
  return null
}
