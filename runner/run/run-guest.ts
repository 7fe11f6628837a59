import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { GuestInputs } from '../console/started-guest.js'
import { finalJudgement } from '../judge/assess.js'
import { commandWords } from '../launch/qemu-command.js'
import { tscRate } from '../launch/tsc.js'
import type { Judgement } from '../judge/verdict.js'
import type { GuestRunner } from './guest-runner.js'
import type { Plan } from '../plan/plan.js'
import { bootInstructions } from '../observe/boot-instructions.js'
import { leafLookup } from '../observe/leaf-lookup.js'
import type { Observation } from '../observe/observe.js'
import { type ObservedTsc, observeTsc, toldOfTsc } from '../observe/tsc.js'
import { consoleTail } from '../report/printable.js'
import { keepKernelLog } from '../record/kernel-log.js'
import { keepPicture } from '../record/picture.js'
import { makeRecord, type RunInfo } from '../record/make.js'
import type { GuiseRecord } from '../record/schema.js'
import type { RecordDetails } from '../report/reporter.js'
import { counted } from '../terminal/counted.js'

/** A record, and the part of its console that a person may want to see. */
export interface RunResult {
  readonly record: GuiseRecord
  readonly details: RecordDetails
}

const tailLines = 15

/**
 * Runs one planned guest, the whole way: launch, console, observe, judge, record.
 *
 * @param folder - where its console is kept
 */
export async function runGuest(
  runner: Pick<GuestRunner, 'run'>,
  plan: Plan,
  info: RunInfo,
  images: Omit<GuestInputs, 'consoleLog'>,
  folder: string,
): Promise<RunResult> {
  const { name } = plan.scenario
  const consoleLog = join(folder, `${name}.console.log`)
  const { counted, reruns } = await runner.run(plan, { ...images, consoleLog })
  if (counted === null) return hostLostResult({ ...info, reruns })
  const { guest } = counted
  const { ending, report, observation } = guest
  const judgement = finalJudgement(counted)
  const result = {
    plan: counted.plan,
    argv: commandWords(guest.command),
    ending,
    place: counted.place,
    observation,
    tsc: await tscOf(counted.plan, observation),
    load: guest.load,
    instructions: bootInstructions(guest.counts, guest.console.toString('latin1')),
    console: counted.consoleLog,
    picture: keepPicture(folder, name, guest.picture),
    // A full console has the kernel's log already; nothing of it may be lost where it was quiet.
    kernelLog:
      guest.verbosity === 'quiet' && report.complete
        ? keepKernelLog(folder, name, report.kmsg)
        : null,
    timing: guest.timing,
    lines: await linesOf(plan, judgement),
  }
  return {
    record: makeRecord({ ...info, reruns }, judgement, result),
    details: { consoleTail: consoleTail(guest.console, tailLines) },
  }
}

/** What its TSC was to count at, and does; null where it was told nothing of that, and asked for nothing. */
async function tscOf(plan: Plan, { cpus }: Observation): Promise<ObservedTsc | null> {
  const told = toldOfTsc(leafLookup(cpus[0], plan.table))
  return told.length === 0 && plan.tsc === null ? null : observeTsc(told, await tscRate(plan))
}

/** Where in the scenario's file that stands which is unmet; its text is parsed for a failure alone. */
async function linesOf(
  { scenario, expectation }: Plan,
  { unmet = [] }: Judgement,
): Promise<(number | null)[]> {
  if (unmet.length === 0 || expectation === undefined) return []
  const text = await readFile(scenario.file, 'utf8').catch(() => null)
  if (text === null) return []
  const { locateExpected } = await import('../scenario/locate.js')
  const place = scenario.expect.indexOf(expectation)
  return unmet.map(({ field, want, expected }) =>
    locateExpected(text, scenario, { expectation: place, field, want, index: expected?.index }),
  )
}

/** The record of a guest with which the nested host was lost each time. */
function hostLostResult(info: RunInfo): RunResult {
  const why = [
    `the nested host was lost with this guest ${counted(info.reruns.length, 'time')}`,
    ...info.reruns,
  ]
  return {
    record: makeRecord(info, { verdict: 'error', why }, null),
    details: { consoleTail: [] },
  }
}
