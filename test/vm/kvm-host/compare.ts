import { formatFact } from '../../../runner/baseline/fact.js'
import { baselineFacts } from '../../../runner/baseline/facts.js'
import { normaliseText } from '../../../runner/baseline/normalise.js'
import { type RegisterName, registerNames } from '../../../runner/cpuid/leaf.js'
import { volatileBits } from '../../../runner/observe/volatile-bits.js'
import type { GuiseRecord } from '../../../runner/record/schema.js'

/**
 * What two records of one scenario and kernel must have in common wherever KVM runs: one fact a line. Left out is what
 * differs from run to run (times, paths, reruns) and what the guest was run with (accelerator, QEMU, fingerprint).
 */
export function comparable(record: GuiseRecord): string[] {
  const { scenario, kernel, vendor, fidelity, verdict, why, rule, applied, cpuid } = record
  return [
    `scenario ${scenario}, kernel ${kernel.version} ${kernel.sha256}`,
    `vendor ${vendor ?? 'none'}, fidelity ${fidelity}`,
    `verdict ${verdict}${why.map(reason => `; ${normaliseText(reason)}`).join('')}`,
    `rule ${rule ?? 'none'}`,
    `asked equals got: ${applied ?? 'no report'}`,
    ...baselineFacts(record).map(formatFact),
    ...record.devices.map(device => `device ${JSON.stringify(device)}`),
    ...cpuid.asked.map(edit => `asked ${JSON.stringify(edit)}`),
    ...cpuid.got.flatMap(({ cpu, leaves }) =>
      leaves.map(value => `CPU ${cpu} got ${registersOf(value, measuredIn(leaves, value))}`),
    ),
  ]
}

/** The facts that only one of them has: `- ` for those of `before`, `+ ` for those of `after`. */
export function differences(before: GuiseRecord, after: GuiseRecord): string[] {
  const [left, right] = [comparable(before), comparable(after)]
  return [
    ...left.filter(fact => !right.includes(fact)).map(fact => `- ${fact}`),
    ...right.filter(fact => !left.includes(fact)).map(fact => `+ ${fact}`),
  ]
}

type GotLeaf = GuiseRecord['cpuid']['got'][number]['leaves'][number]

/** The registers that hold what the host has measured of its TSC, which comes out a kHz higher or lower at each of its boots. */
function measuredIn(leaves: readonly GotLeaf[], { leaf }: GotLeaf): readonly RegisterName[] {
  // QEMU's vmware-cpuid-freq, target/i386/kvm/kvm.c.
  if (leaf === '0x40000010') return ['eax']
  const isXen = leaves.some(each => each.leaf === '0x40000000' && each.ebx === '0x566e6558')
  // Its time leaf: XEN_CPUID_LEAF(3), include/public/arch-x86/cpuid.h of Xen.
  return isXen && leaf === '0x40000003' ? ['eax', 'ecx'] : []
}

function registersOf(
  { leaf, subleaf, ...registers }: GotLeaf,
  measured: readonly RegisterName[],
): string {
  const values = registerNames.map(name => {
    if (measured.includes(name)) return `${name}=measured`
    const ignored = volatileBits(Number(leaf), name)
    return `${name}=0x${((Number(registers[name]) & ~ignored) >>> 0).toString(16).padStart(8, '0')}`
  })
  return `${leaf}.${subleaf} ${values.join(' ')}`
}
