import type { GuestLoad } from '../../runner/console/cpu-meter.js'
import type { EndedBy } from '../../runner/console/monitor.js'
import type { Ending } from '../../runner/console/outcome.js'
import { type GuestFacts, noFacts } from '../../runner/hypervisors/facts.js'
import type { JudgedRun } from '../../runner/judge/busy-machine.js'
import { judge } from '../../runner/judge/judge.js'
import type { Observation } from '../../runner/observe/observe.js'
import type { InterfaceId } from '../../runner/hypervisors/table.js'
import { parseScenario } from '../fixtures/scenario.js'

/** Of a guest that had this machine to itself, as measured on two cores. */
export const idle: GuestLoad = {
  waited: 0.01,
  longestStallMs: 4,
  stolen: 0,
  pressure: 0.01,
  ran: 1,
}
/** Of one beside four busy loops on two cores. */
export const starved: GuestLoad = {
  waited: 0.41,
  longestStallMs: 68,
  stolen: 0.01,
  pressure: 0.99,
  ran: 0.6,
}

/** How a made-up run differs from one that came up without a hypervisor on the TSC, on an idle machine. */
export interface RunChanges
  extends Partial<Pick<Observation, 'log'>>, Partial<Pick<GuestFacts, 'clocksource'>> {
  readonly ending?: Partial<Ending>
  readonly endedBy?: EndedBy
  readonly load?: GuestLoad | null
  readonly hadCompany?: boolean
  readonly adopted?: readonly InterfaceId[]
}

/** A run of a guest that was expected to meet `expect`, the inside of a YAML mapping. */
export function judgedRun(
  expect: string,
  changes: RunChanges = {},
): JudgedRun & { readonly observation: Observation } {
  const ending = {
    outcome: 'reported',
    reason: 'because',
    diedIn: null,
    stuckIn: null,
    lostReport: false,
  } as const
  const run = {
    endedBy: changes.endedBy ?? 'report',
    load: changes.load === undefined ? idle : changes.load,
    hadCompany: changes.hadCompany ?? false,
    ending: { ...ending, ...changes.ending },
  }
  const observation: Observation = {
    applied: run.ending.outcome === 'reported' ? true : null,
    mismatches: [],
    missing: [],
    kernelTsc: null,
    notShown: [],
    broken: [],
    cpus: [],
    dmi: new Map(),
    interrupts: [],
    facts: {
      ...noFacts,
      identity: { hypervisor: null, paravirt: 'bare hardware', sysfsType: null },
      clocksource: changes.clocksource ?? { current: 'tsc', available: ['tsc'], settled: true },
    },
    problems: [],
    interfaces: (changes.adopted ?? []).map(id => ({
      id,
      class: 'exclusive',
      owner: 'kvm',
      offered: null,
      adopted: { text: 'yes' },
    })),
    composition: { owners: [], mixed: false, violations: [] },
    log: changes.log ?? [],
  }
  const [expectation] = parseScenario(`expect: [{ ${expect} }]`).expect
  return { ...run, observation, judgement: judge(expectation, run.ending, observation) }
}
