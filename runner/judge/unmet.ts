import type { Observation } from '../observe/observe.js'
import { logPatternMatcher } from '../scenario/log-pattern.js'
import type { Expectation } from '../scenario/schema.js'
import { unmetDrivers } from './unmet-drivers.js'

/** What of an expectation an observation does not meet, a sentence each. The outcome is not looked at here. */
export function unmetExpectations(expected: Expectation, seen: Observation): string[] {
  return [
    ...unmetIdentity(expected, seen),
    ...unmetClockSources(expected, seen),
    ...unmetInterfaces(expected, seen),
    ...unmetDrivers(expected.drivers, seen),
    ...unmetLog(expected, seen.log),
  ]
}

function unmetIdentity(expected: Expectation, { identity, applied }: Observation): string[] {
  // Without the banner or a report, the absence of `Hypervisor detected` may be a log cut short.
  const settled = identity.paravirt !== null || applied !== null
  const hypervisor = identity.hypervisor ?? (settled ? 'none' : 'nothing yet')
  return [
    ...differs('hypervisor', expected.hypervisor, hypervisor),
    ...differs('paravirt banner', expected.paravirt, identity.paravirt ?? 'none'),
    ...differs('/sys/hypervisor/type', expected['sysfs-type'], identity.sysfsType ?? 'none'),
  ]
}

function unmetClockSources({ clocksource }: Expectation, seen: Observation): string[] {
  if (clocksource === undefined) return []
  const { current, available } = seen.clocksource
  const list = available.join(' ') || 'none'
  return [
    ...differs('current clocksource', clocksource.current, current ?? 'none'),
    ...clocksource.includes
      .filter(name => !available.includes(name))
      .map(name => `expected clocksource ${name} to be available, got ${list}`),
    ...clocksource.excludes
      .filter(name => available.includes(name))
      .map(name => `expected clocksource ${name} not to be available, got ${list}`),
  ]
}

function unmetInterfaces(expected: Expectation, { interfaces }: Observation): string[] {
  const { offers, adopts, rejects } = expected
  const adopted = new Map(interfaces.map(({ id, adopted }) => [id, adopted]))
  const offered = new Map(interfaces.map(({ id, offered }) => [id, offered]))
  return [
    ...offers
      .filter(id => (offered.get(id) ?? null) === null)
      .map(id => `expected ${id} to be offered, got no sign of it`),
    ...adopts
      .filter(id => (adopted.get(id) ?? null) === null)
      .map(id => `expected ${id} to be adopted, got no sign of it`),
    ...rejects.flatMap(id => {
      const evidence = adopted.get(id) ?? null
      return evidence === null ? [] : [`expected ${id} not to be adopted, got: ${evidence}`]
    }),
  ]
}

function unmetLog({ log }: Expectation, lines: readonly string[]): string[] {
  if (log === undefined) return []
  return [
    ...log.has
      .filter(pattern => !lines.some(logPatternMatcher(pattern)))
      .map(pattern => `expected a log line with ${pattern}, got none`),
    ...log.lacks.flatMap(pattern => {
      const found = lines.find(logPatternMatcher(pattern))
      return found === undefined ? [] : [`expected no log line with ${pattern}, got: ${found}`]
    }),
  ]
}

function differs(what: string, expected: string | undefined, got: string): string[] {
  return expected === undefined || expected === got
    ? []
    : [`expected ${what} ${expected}, got ${got}`]
}
