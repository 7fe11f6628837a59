import type { CpuDump, Registers } from '../../cpuid/leaf.js'
import type { CpuFacts } from '../../hypervisors/cpu-facts.js'
import { countOfList, cpusOfList } from '../cpu-ranges.js'
import type { SanityRule } from '../../scenario/sanity-rule.js'
import type { BrokenRule } from './broken-rule.js'

// Documentation/admin-guide/kernel-parameters.txt: what leaves CPUs out on purpose. A mitigation takes SMT away where it is told to
// by `nosmt` among its words, and that of L1TF by `force` alone (arch/x86/kernel/cpu/bugs.c, l1tf_cmdline()).
const leavesOut =
  /(?:^|\s)(?:(?:maxcpus|nr_cpus|possible_cpus)=|(?:nosmp|nosmt|noapic|nolapic|disableapic)\b|[\w.-]+=(?:\S*[,;])?nosmt\b|l1tf=(?:full,)?force\b)/

/** What a kernel's picture of its CPUs must agree with: itself, and their CPUID. */
export function topologyRules(
  cpu: CpuFacts,
  dumps: readonly CpuDump[],
  commandLine: string,
): BrokenRule[] {
  return [
    ...offlineCpus(cpu, commandLine),
    ...apicIds(cpu, dumps),
    ...siblings(cpu),
    ...caches(cpu),
  ]
}

function broken(rule: SanityRule, shown: string): BrokenRule {
  return { rule, shown, mayBeAsked: false }
}

function offlineCpus({ online, present }: CpuFacts, commandLine: string): BrokenRule[] {
  if (online === null || present === null || leavesOut.test(commandLine)) return []
  if (countOfList(online) === countOfList(present)) return []
  return [broken('offline-cpus', `present ${present}, online ${online}`)]
}

/** Intel SDM vol. 2A, CPUID.01H:EBX[31:24], CPUID.0BH and 1FH:EDX; AMD APM vol. 3, CPUID Fn8000_001E:EAX and Fn8000_0026:EDX. */
function apicIds({ cpus }: CpuFacts, dumps: readonly CpuDump[]): BrokenRule[] {
  return cpus.flatMap(({ cpu, apicId, initialApicId }) => {
    const dump = dumps.find(each => each.cpu === cpu)
    if (dump === undefined || apicId === null || initialApicId === null) return []
    const leaf = (number: number): Registers | undefined =>
      dump.leaves.find(each => each.leaf === number && each.subleaf === 0)?.registers
    const basic = leaf(0x1)
    // Without a local APIC the kernel has nothing but what it makes up.
    if (basic === undefined || (basic.edx & (1 << 9)) === 0) return []
    const extended = [leaf(0xb)?.edx, leaf(0x1f)?.edx, leaf(0x80000026)?.edx]
    const told = [basic.ebx >>> 24, ...extended, leaf(0x8000001e)?.eax]
    const wrong = [apicId, initialApicId].find(id => !told.includes(id))
    if (wrong === undefined) return []
    const said = [...new Set(told.filter(id => id !== undefined))].join(' or ')
    return [broken('apic-id', `CPU ${cpu}: the kernel says ${wrong}, CPUID ${said}`)]
  })
}

function siblings({ cpus }: CpuFacts): BrokenRule[] {
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
function caches({ caches }: CpuFacts): BrokenRule[] {
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
