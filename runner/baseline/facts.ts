import type { GuiseRecord } from '../record/schema.js'
import { askedFacts } from './asked.js'
import { cpuBaseline } from './cpu-facts.js'
import { type Fact, type FactKind, formatFact, interfaceFact, single } from './fact.js'
import { normaliseLogLine, normaliseText } from './normalise.js'

// The kernel lists them until its tick turns to one-shot mode, which the guest's init may come before or after:
// available_clocksource_show() in kernel/time/clocksource.c.
const standIns: ReadonlySet<string> = new Set(['jiffies', 'refined-jiffies'])

/**
 * What a baseline keeps of a record, in the order of the lines, without anything that differs from run to run or from
 * machine to machine.
 */
export function baselineFacts(record: GuiseRecord): Fact[] {
  const { identity, clocksource, composition } = record
  const named = (kind: FactKind, names: readonly string[]) =>
    names.map((id): Fact => ({ kind, id, value: null }))
  return renormalised([
    ...askedFacts(record.cpuid.asked),
    single('outcome', record.outcome ?? 'none'),
    ...(record.diedIn === null ? [] : [single('died in', record.diedIn)]),
    ...(record.stuckIn == null ? [] : [single('stuck in', record.stuckIn)]),
    single('hypervisor', identity.hypervisor ?? 'none'),
    single('paravirt', identity.paravirt ?? 'none'),
    ...(identity.sysfsType === null ? [] : [single('sysfs type', identity.sysfsType)]),
    single('clocksource current', clocksource.current ?? 'none'),
    ...named(
      'clocksource available',
      clocksource.available.filter(name => !standIns.has(name)),
    ),
    ...named('clockevent', record.clockevents),
    ...named('flag', record.flags),
    ...(record.cpu ? cpuBaseline(record.cpu) : []),
    ...record.interfaces.map(({ id, offered, adopted }) =>
      interfaceFact(id, offered !== null, adopted !== null),
    ),
    single('mixed', composition.mixed ? 'yes' : 'no'),
    ...composition.violations.map(({ rule, interfaces }): Fact => ({
      kind: 'violation',
      id: rule,
      value: interfaces.join(' '),
    })),
    ...(record.broken ?? []).map(({ rule, shown }): Fact => ({
      kind: 'broken',
      id: rule,
      value: normaliseText(shown),
    })),
    ...record.log.map(line => single('log', line)),
  ])
}

/** Facts whose lines of the log are normalised as it is done today, whenever they were written; sorted, and each once. */
export function renormalised(facts: readonly Fact[]): Fact[] {
  const byLine = new Map<string, Fact>()
  for (const fact of facts) {
    const normal = normalised(fact)
    if (normal !== null) byLine.set(formatFact(normal), normal)
  }
  return [...byLine].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, fact]) => fact)
}

function normalised(fact: Fact): Fact | null {
  if (fact.kind !== 'log') return fact
  const line = normaliseLogLine(fact.value ?? '')
  return line === null ? null : single('log', line)
}
