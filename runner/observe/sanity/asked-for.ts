import { isSoftwareLeaf, type RegisterName } from '../../cpuid/leaf.js'
import type { LeafEdit } from '../../cpuid/leaf-edit.js'
import type { LeafTable } from '../../plan/leaf-table.js'

/** What of a broken rule may be the doing of a scenario's own leaves. */
export interface AskedFor {
  /** It edits leaves of the CPU's, and not of a hypervisor alone. */
  readonly leaves: boolean
  /** It states an APIC id, which need not be the one that the vCPU has. */
  readonly apicIds: boolean
  /** It shows another topology, or other caches, to one vCPU than to another; or APIC ids of its own. */
  readonly asymmetry: boolean
}

/** Where CPUID tells an APIC id: the register, and its bits (Intel SDM vol. 2A, CPUID; AMD APM vol. 3, appendix E). */
const apicIdPlaces = new Map<number, readonly [RegisterName, number]>([
  [0x1, ['ebx', 0xff000000]],
  [0xb, ['edx', 0xffffffff]],
  [0x1f, ['edx', 0xffffffff]],
  [0x8000001e, ['eax', 0xffffffff]],
  [0x80000026, ['edx', 0xffffffff]],
])

/** The leaves that tell of caches, cores and their kin, beside those of APIC ids. */
const topologyLeaves: readonly number[] = [
  ...apicIdPlaces.keys(),
  ...[0x2, 0x4, 0x80000001, 0x80000005, 0x80000006, 0x80000008, 0x8000001d],
]

/** @param cpus - how many vCPUs there are */
export function askedFor({ edits, absent }: LeafTableParts, cpus: number): AskedFor {
  const apicIds = edits.some(statesApicId)
  return {
    leaves:
      edits.some(({ leaf }) => !isSoftwareLeaf(leaf)) ||
      absent.some(({ first, last }) => !isSoftwareLeaf(first) || !isSoftwareLeaf(last)),
    apicIds,
    asymmetry:
      apicIds ||
      edits.some(edit => topologyLeaves.includes(edit.leaf) && (edit.cpus?.length ?? cpus) < cpus),
  }
}

type LeafTableParts = Pick<LeafTable, 'edits' | 'absent'>

/** One that follows the vCPU is no statement: it is the id that the vCPU has. */
function statesApicId({ leaf, registers }: LeafEdit): boolean {
  const place = apicIdPlaces.get(leaf)
  if (place === undefined || registers === null) return false
  const [register, bits] = place
  const { keep, follow } = registers[register]
  return (bits & ~keep) !== 0 && follow === undefined
}
