import type { Observation } from '../observe/observe.js'
import { logPatternMatcher } from '../scenario/log-pattern.js'
import type { Expectation } from '../scenario/expectation-schema.js'
import { unmetCpu } from './unmet-cpu.js'
import { unmetSanity } from './unmet-sanity.js'
import { unmetTsc } from './unmet-tsc.js'
import { unmetDrivers } from './unmet-drivers.js'
import type { Unmet, UnmetField } from './verdict.js'

/** The parts of an expectation that an observation does not meet, in the order of the fields. The outcome is not looked at here. */
export function unmetExpectations(expected: Expectation, seen: Observation): Unmet[] {
  return [
    ...unmetIdentity(expected, seen),
    ...unmetClockSources(expected, seen),
    ...unmetInterfaces(expected, seen),
    ...unmetDrivers(expected.drivers, seen.facts.devices),
    ...unmetCpu(expected, seen.facts),
    ...unmetTsc(expected.tsc, seen.kernelTsc),
    ...unmetSanity(expected.breaks, seen),
    ...unmetLog(expected, seen.log),
  ]
}

/** The parts of the identity that are not as expected. */
export function unmetIdentity(expected: Expectation, { facts, applied }: Observation): Unmet[] {
  const { identity } = facts
  // Without the banner or a report, the absence of `Hypervisor detected` may be a log cut short.
  const settled = identity.paravirt !== null || applied !== null
  const hypervisor = identity.hypervisor ?? (settled ? 'none' : 'nothing yet')
  return [
    ...differs('hypervisor', expected.hypervisor, hypervisor),
    ...differs('paravirt', expected.paravirt, identity.paravirt ?? 'none'),
    ...differs('sysfs-type', expected['sysfs-type'], identity.sysfsType ?? 'none'),
  ]
}

function unmetClockSources({ clocksource }: Expectation, seen: Observation): Unmet[] {
  if (clocksource === undefined) return []
  const { current, available, settled } = seen.facts.clocksource
  const got = available.join(' ') || 'none'
  const patience = 'none in the time that the guest waited for it'
  const reported = seen.applied !== null
  return [
    ...(reported && !settled
      ? [{ field: 'clocksource.settled', want: 'a choice', got: patience } as const]
      : []),
    ...differs('clocksource.current', clocksource.current, current ?? 'none'),
    ...clocksource.includes
      .filter(name => !available.includes(name))
      .map((want): Unmet => ({ field: 'clocksource.includes', want, got })),
    ...clocksource.excludes
      .filter(name => available.includes(name))
      .map((want): Unmet => ({ field: 'clocksource.excludes', want, got })),
  ]
}

function unmetInterfaces(expected: Expectation, { interfaces }: Observation): Unmet[] {
  const { offers, adopts, rejects } = expected
  const adopted = new Map(interfaces.map(({ id, adopted }) => [id, adopted]))
  const offered = new Map(interfaces.map(({ id, offered }) => [id, offered]))
  const got = 'no sign of it'
  return [
    ...offers
      .filter(id => (offered.get(id) ?? null) === null)
      .map((want): Unmet => ({ field: 'offers', want, got })),
    ...adopts
      .filter(id => (adopted.get(id) ?? null) === null)
      .map((want): Unmet => ({ field: 'adopts', want, got })),
    ...rejects.flatMap((want): Unmet[] => {
      const evidence = adopted.get(want) ?? null
      return evidence === null ? [] : [{ field: 'rejects', want, got: evidence.text }]
    }),
  ]
}

function unmetLog({ log }: Expectation, lines: readonly string[]): Unmet[] {
  if (log === undefined) return []
  return [
    ...log.has
      .filter(pattern => !lines.some(logPatternMatcher(pattern)))
      .map((want): Unmet => ({ field: 'log.has', want, got: 'none' })),
    ...log.lacks.flatMap((want): Unmet[] => {
      const got = lines.find(logPatternMatcher(want))
      return got === undefined ? [] : [{ field: 'log.lacks', want, got }]
    }),
  ]
}

function differs(field: UnmetField, want: string | undefined, got: string): Unmet[] {
  return want === undefined || want === got ? [] : [{ field, want, got }]
}
