import type { GuiseRecord } from '../record/schema.js'
import { normaliseLogLine } from './normalise.js'

// The kernel lists them until its tick turns to one-shot mode, which the guest's init may come before or after:
// available_clocksource_show() in kernel/time/clocksource.c.
const standIns: ReadonlySet<string> = new Set(['jiffies', 'refined-jiffies'])

/**
 * What a baseline keeps of a record: one fact a line, sorted, without anything that differs from run to run or from
 * machine to machine.
 */
export function baselineFacts(record: GuiseRecord): string[] {
  const { identity, clocksource, composition } = record
  const facts = [
    `outcome ${record.outcome ?? 'none'}`,
    ...(record.diedIn === null ? [] : [`died in ${record.diedIn}`]),
    `hypervisor ${identity.hypervisor ?? 'none'}`,
    `paravirt ${identity.paravirt ?? 'none'}`,
    ...(identity.sysfsType === null ? [] : [`sysfs type ${identity.sysfsType}`]),
    `clocksource current ${clocksource.current ?? 'none'}`,
    ...clocksource.available
      .filter(name => !standIns.has(name))
      .map(name => `clocksource available ${name}`),
    ...record.clockevents.map(name => `clockevent ${name}`),
    ...record.flags.map(flag => `flag ${flag}`),
    ...record.interfaces.map(
      ({ id, offered, adopted }) =>
        `interface ${id} ${offered === null ? 'not offered' : 'offered'}, ${adopted === null ? 'not adopted' : 'adopted'}`,
    ),
    `mixed ${composition.mixed ? 'yes' : 'no'}`,
    ...composition.violations.map(
      ({ rule, interfaces }) => `violation ${rule}: ${interfaces.join(' ')}`,
    ),
    ...record.log.map(line => `log ${line}`),
  ]
  return renormalised(facts)
}

/** Facts whose lines of the log are normalised as it is done today, whenever they were written. */
export function renormalised(facts: readonly string[]): string[] {
  const normal = facts.flatMap(fact => {
    if (!fact.startsWith('log ')) return [fact]
    const line = normaliseLogLine(fact.slice('log '.length))
    return line === null ? [] : [`log ${line}`]
  })
  return [...new Set(normal)].sort()
}
