import type { CpuDump, Registers } from '../../cpuid/leaf.js'
import type { CpuFacts } from '../../hypervisors/cpu-facts.js'
import { countOfList, cpusOfList } from '../cpu-ranges.js'
import { decodeVendor } from '../../cpuid/signature.js'
import type { AskedFor } from './asked-for.js'
import type { BrokenRule } from './broken-rule.js'

/** What a kernel's picture of its CPUs must agree with: itself, and their CPUID. */
export function topologyRules(
  cpu: CpuFacts,
  dumps: readonly CpuDump[],
  commandLine: string,
  asked: AskedFor,
): BrokenRule[] {
  const mayBeAsked = ({ rule, shown }: Found): BrokenRule => ({
    rule,
    shown,
    mayBeAsked: { 'offline-cpus': false, 'apic-id': asked.apicIds, siblings: asked.asymmetry }[
      rule
    ],
  })
  return [
    ...offlineCpus(cpu, commandLine),
    ...apicIds(cpu, dumps),
    ...siblings(cpu),
    ...caches(cpu),
  ].map(mayBeAsked)
}

interface Found {
  readonly rule: 'offline-cpus' | 'apic-id' | 'siblings'
  readonly shown: string
}

const broken = (rule: Found['rule'], shown: string): Found => ({ rule, shown })

function offlineCpus({ online, present, smt }: CpuFacts, commandLine: string): Found[] {
  if (online === null || present === null) return []
  const [are, shouldBe] = [countOfList(online), countOfList(present)]
  if (are === shouldBe || leavesOut(commandLine, shouldBe, smt)) return []
  return [broken('offline-cpus', `present ${present}, online ${online}`)]
}

// Without a local APIC, or an I/O APIC to start the others by, there is one CPU.
const leavesOne = /(?:^|\s)(?:nosmp|noapic|nolapic|disableapic)(?=\s|$)/

// `nosmt` among the words of a mitigation takes SMT away, and `force` of L1TF alone (arch/x86/kernel/cpu/bugs.c, l1tf_cmdline()).
const leavesThreads =
  /(?:^|\s)(?:nosmt(?:=\S*)?|[\w.-]+=(?:\S*[,;])?nosmt|l1tf=(?:full,)?force)(?=[\s,;]|$)/

/** Whether the command line leaves CPUs out on purpose (Documentation/admin-guide/kernel-parameters.txt). */
function leavesOut(commandLine: string, present: number, smt: string | null): boolean {
  const limits = commandLine.matchAll(/(?:^|\s)(?:maxcpus|nr_cpus|possible_cpus)=(\d+)/g)
  if ([...limits].some(([, limit]) => Number(limit) < present)) return true
  if (leavesOne.test(commandLine)) return true
  // Where there is no SMT, none is taken away.
  return leavesThreads.test(commandLine) && smt !== 'notsupported'
}

const isAmd = (first: Registers) => ['AuthenticAMD', 'HygonGenuine'].includes(decodeVendor(first))

/**
 * The APIC ids that a vCPU's leaves tell: those of leaves that are there, for one that is not reads as zero (Intel SDM vol. 2A, CPUID.01H:
 * EBX[31:24], CPUID.0BH and 1FH: EDX where EBX is not 0; AMD APM vol. 3, CPUID Fn8000_001E: EAX, Fn8000_0026: EDX).
 */
function toldApicIds({ leaves }: CpuDump, basic: Registers): number[] {
  const leaf = (number: number): Registers | undefined =>
    leaves.find(each => each.leaf === number && each.subleaf === 0)?.registers
  const extended = [0xb, 0x1f, 0x80000026].flatMap(number => {
    const registers = leaf(number)
    return registers === undefined || (registers.ebx & 0xffff) === 0 ? [] : [registers.edx]
  })
  const [first, ofAmd] = [leaf(0x0), leaf(0x8000001e)]
  const told = ofAmd !== undefined && first !== undefined && isAmd(first) ? [ofAmd.eax] : []
  return [basic.ebx >>> 24, ...extended, ...told]
}

function apicIds({ cpus }: CpuFacts, dumps: readonly CpuDump[]): Found[] {
  return cpus.flatMap(({ cpu, apicId, initialApicId }) => {
    const dump = dumps.find(each => each.cpu === cpu)
    const basic = dump?.leaves.find(({ leaf }) => leaf === 0x1)?.registers
    if (dump === undefined || apicId === null || initialApicId === null) return []
    // Without a local APIC the kernel has nothing but what it makes up.
    if (basic === undefined || (basic.edx & (1 << 9)) === 0) return []
    const told = toldApicIds(dump, basic)
    const wrong = [apicId, initialApicId].find(id => !told.includes(id))
    if (wrong === undefined) return []
    const said = [...new Set(told)].join(' or ')
    return [broken('apic-id', `CPU ${cpu}: the kernel says ${wrong}, CPUID ${said}`)]
  })
}

function siblings({ cpus }: CpuFacts): Found[] {
  return (['siblings', 'packageSiblings'] as const).flatMap(kind => {
    const lists = new Map(cpus.map(each => [each.cpu, each[kind] ?? null]))
    return cpus.flatMap(each => {
      const list = each[kind] ?? null
      if (list === null) return []
      const members = cpusOfList(list)
      const odd = members.find(member => lists.has(member) && lists.get(member) !== list)
      const name = kind === 'siblings' ? 'siblings' : 'siblings of the package'
      if (!members.includes(each.cpu))
        return [broken('siblings', `CPU ${each.cpu} is none of its own ${name}, ${list}`)]
      return odd === undefined
        ? []
        : [
            broken(
              'siblings',
              `${name}: CPU ${each.cpu} has ${list}, CPU ${odd} ${String(lists.get(odd))}`,
            ),
          ]
    })
  })
}

/** A CPU has one cache of a kind; two caches that share a CPU do not agree on whose they are. */
function caches({ caches }: CpuFacts): Found[] {
  return caches.flatMap(({ level, type, sharedBy }) => {
    const owner = new Map<number, string>()
    for (const list of sharedBy) {
      for (const cpu of cpusOfList(list)) {
        const other = owner.get(cpu)
        if (other !== undefined)
          return [broken('siblings', `L${level} ${type}: CPU ${cpu} shares ${other}, and ${list}`)]
        owner.set(cpu, list)
      }
    }
    return []
  })
}
