import type { CpuFacts } from '../hypervisors/cpu-facts.js'
import { describeCache } from '../report/cache-words.js'
import { type Fact, single } from './fact.js'

/** What a baseline keeps of what the kernel made of its CPUs: nothing that is measured. */
export function cpuBaseline(cpu: CpuFacts): Fact[] {
  const { vendor, family, model, stepping, name, microcode, addressBits, tlb, smt } = cpu
  const { online, present, possible } = cpu
  const fields = {
    vendor,
    family,
    model,
    stepping,
    name,
    microcode,
    'address bits':
      addressBits && `${addressBits.physical} physical, ${addressBits.virtual} virtual`,
    'cache size': cpu.cacheKiB && `${cpu.cacheKiB} KiB`,
    TLB: tlb,
    SMT: smt,
    APIC: cpu.apic && [cpu.apic.mode, ...(cpu.apic.routing ? [cpu.apic.routing] : [])].join(', '),
    ...cpu.others,
    online,
    present,
    possible,
  }
  const named = (kind: 'cpu' | 'topology' | 'vulnerability', values: object): Fact[] =>
    Object.entries(values).flatMap(([id, value]: [string, string | number | null]) =>
      value === null ? [] : [{ kind, id, value: String(value) }],
    )
  return [
    ...named('cpu', fields),
    ...named('topology', cpu.topology),
    ...named('vulnerability', cpu.vulnerabilities),
    ...cpu.bugs.map((id): Fact => ({ kind: 'bug', id, value: null })),
    ...cpu.caches.map(cache => single('cache', describeCache(cache))),
  ]
}
