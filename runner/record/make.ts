import type { GuestLoad } from '../console/cpu-meter.js'
import type { Ending } from '../console/outcome.js'
import { hex32 } from '../cpuid/leaf.js'
import { noFacts } from '../hypervisors/facts.js'
import { wasSlowed, wasStarved } from '../judge/starved.js'
import type { Judgement } from '../judge/verdict.js'
import type { BootInstructions } from '../observe/boot-instructions.js'
import type { Observation } from '../observe/observe.js'
import type { PlaceOfDeath } from '../observe/place-of-death.js'
import { type Accelerator, acceleratorFacts } from '../plan/accelerator.js'
import type { ObservedTsc } from '../observe/tsc.js'
import type { Plan } from '../plan/plan.js'
import { encodeAsked, encodeSeen } from './cpuid.js'
import { detectionLines } from './detection-lines.js'
import { kernelSaid } from './kernel-said.js'
import { encodePlace } from './place.js'
import type { GuiseRecord } from './schema.js'

/** What a record says of the run around its guest. */
export interface RunInfo {
  /** The run's id. */
  readonly run: string
  readonly scenario: string
  /** The YAML file that it stands in, absolute; null where there is none. */
  readonly file: string | null
  readonly kernel: GuiseRecord['kernel']
  readonly qemuVersion: string
  /** Why it was not the QEMU in PATH; null where it was, or was asked for by name. */
  readonly qemuWhy: string | null
  readonly accelerator: Accelerator
  /** Why it was this one. */
  readonly accelWhy: string
  readonly fingerprint: GuiseRecord['fingerprint']
  /** Why the guest was run again, each time. */
  readonly reruns: readonly string[]
}

/** What there is to say of a guest that was started. */
export interface GuestResult {
  readonly plan: Plan
  readonly argv: readonly string[]
  readonly ending: Ending
  /** Undefined where it was not looked at. */
  readonly place?: PlaceOfDeath | undefined
  readonly observation: Observation
  /** What its TSC counts at; null where nothing was told of that, and nothing asked. */
  readonly tsc: ObservedTsc | null
  /** Null where it could not be measured. */
  readonly load: GuestLoad | null
  /** Null where they were not counted. */
  readonly instructions: BootInstructions | null
  readonly console: string
  readonly picture: string | null
  readonly kernelLog: string | null
  readonly timing: GuiseRecord['timing']
  /** The lines of what the judgement says is unmet, in its order; null where one can't be told. */
  readonly lines: readonly (number | null)[]
}

/** The record of a scenario; `result` is null where no guest was started. */
export function makeRecord(
  info: RunInfo,
  judgement: Judgement,
  result: GuestResult | null,
): GuiseRecord {
  const observation = result?.observation
  return {
    schema: 'guise-record-1',
    run: info.run,
    scenario: info.scenario,
    file: info.file,
    kernel: info.kernel,
    commandLine: result?.plan.commandLine ?? null,
    qemu: { version: info.qemuVersion, argv: result?.argv ?? [] },
    qemuWhy: info.qemuWhy,
    accel: info.accelerator,
    accelWhy: info.accelWhy,
    clock: result?.plan.clock.clock ?? null,
    clockWhy: result?.plan.clock.why ?? null,
    fidelity: acceleratorFacts(info.accelerator).fidelity,
    vendor: result?.plan.vendor ?? null,
    outcome: result?.ending.outcome ?? null,
    diedIn: result?.ending.diedIn ?? null,
    stuckIn: result?.ending.stuckIn ?? null,
    place: result?.place ? encodePlace(result.place) : null,
    ending: result?.ending.reason ?? null,
    verdict: judgement.verdict,
    why: judgement.why,
    unmet: (judgement.unmet ?? []).map(({ field, want, got }, index) => {
      const line = result?.lines[index] ?? null
      return { field, want, got, file: line === null ? null : info.file, line }
    }),
    kernelSaid: result === null ? [] : saidOfFailure(judgement, result),
    rule: result?.plan.expectation?.why ?? null,
    applied: observation?.applied ?? null,
    cpuid: {
      asked: result?.plan.table.edits.map(encodeAsked) ?? [],
      got: observation?.cpus.map(encodeSeen) ?? [],
    },
    withheld: result?.plan.withheld ?? [],
    lacking: result?.plan.lacking ?? [],
    ...(observation?.facts ?? noFacts),
    interfaces: (observation?.interfaces ?? []).map(each => ({
      ...each,
      offered: each.offered?.text ?? null,
      adopted: each.adopted?.text ?? null,
    })),
    composition: observation?.composition ?? { owners: [], mixed: false, violations: [] },
    dmi: Object.fromEntries(
      [...(observation?.dmi ?? [])].filter(([name]) => !/serial|uuid|modalias|uevent/.test(name)),
    ),
    notShown: observation?.notShown ?? [],
    kernelTsc: observation?.kernelTsc ?? null,
    broken: (observation?.broken ?? []).map(({ rule, shown }) => ({ rule, shown })),
    log: detectionLines(observation?.log ?? []),
    console: result?.console ?? null,
    picture: result?.picture ?? null,
    kernelLog: result?.kernelLog ?? null,
    reruns: info.reruns,
    timing: result?.timing ?? null,
    instructions: result?.instructions ?? null,
    tsc: result?.tsc ? encodeTsc(result.tsc) : null,
    deadlines: result === null ? null : recordDeadlines(result.plan),
    load: result?.load ? recordLoad(result.plan, result.load) : null,
    fingerprint: info.fingerprint,
  }
}

function encodeTsc({ told, counts, isTrue, why }: ObservedTsc): GuiseRecord['tsc'] {
  return {
    told: told.map(({ leaf, khz }) => ({ leaf: hex32(leaf), khz })),
    counts,
    true: isTrue,
    why,
  }
}

/** In virtual time a guest shows nothing of it but a deadline that it missed. */
function recordLoad({ clock }: Plan, load: GuestLoad): GuiseRecord['load'] {
  const starved = clock.clock === 'virtual' ? wasSlowed(load) : wasStarved(load)
  return { ...load, starved }
}

function recordDeadlines({ deadlines }: Plan): GuiseRecord['deadlines'] {
  return { silence: deadlines.silenceMs, total: deadlines.totalMs }
}

function saidOfFailure(judgement: Judgement, { ending, observation }: GuestResult): string[] {
  if (judgement.verdict === 'pass' || judgement.verdict === 'skip') return []
  return kernelSaid({
    log: observation.log,
    outcome: ending.outcome,
    unmet: judgement.unmet ?? [],
    hypervisor: observation.facts.identity.hypervisor,
  })
}
