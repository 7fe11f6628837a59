import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { storeBytes } from '../cache/files.js'
import type { GuestInputs } from '../console/started-guest.js'
import { finalJudgement } from '../judge/assess.js'
import { EnvironmentError } from '../errors.js'
import type { Judgement } from '../judge/verdict.js'
import { overrideObject } from '../paths.js'
import type { GuestRunner } from './guest-runner.js'
import type { Plan } from '../plan/plan.js'
import { consoleTail } from '../report/printable.js'
import { keepKernelLog } from '../record/kernel-log.js'
import { makeRecord, type RunInfo } from '../record/make.js'
import type { GuiseRecord } from '../record/schema.js'
import type { RecordDetails } from '../report/reporter.js'
import { howToBuild } from '../installation.js'
import { counted } from '../terminal/counted.js'

/** A record, and what of its console a person may want to see. */
export interface RunResult {
  readonly record: GuiseRecord
  readonly details: RecordDetails
}

const tailLines = 15

/**
 * Runs one planned guest, the whole way: launch, console, observe, judge, record.
 *
 * @param runner - where it runs
 * @param folder - where its console is kept
 */
export async function runGuest(
  runner: GuestRunner,
  plan: Plan,
  info: RunInfo,
  images: Pick<GuestInputs, 'qemu' | 'sandbox' | 'kernel' | 'initramfs'>,
  folder: string,
  signal: AbortSignal,
): Promise<RunResult> {
  const { name } = plan.scenario
  const consoleLog = join(folder, `${name}.console.log`)
  const override = await overrideOf(plan)
  const { counted, reruns } = await runner.attend(plan, { ...images, override, consoleLog }, signal)
  if (counted === null) return hostLostResult({ ...info, reruns })
  const { guest } = counted
  const { ending, report, observation } = guest
  const judgement = finalJudgement(counted)
  const result = {
    plan: counted.plan,
    argv: guest.command,
    ending,
    observation,
    load: guest.load,
    console: counted.consoleLog,
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
  return unmet.map(item => locateExpected(text, scenario, { expectation: place, ...item }))
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

/**
 * Puts a plan's override table into the cache, where the printed command finds it later, too.
 *
 * @throws EnvironmentError when the table can't be kept, or the object that reads it can't be loaded
 */
export async function overrideOf(plan: Plan): Promise<GuestInputs['override']> {
  if (plan.overrideTable === null) return null
  checkOverrideObject(overrideObject)
  const { path } = await storeBytes('tables', '.cpuid', Buffer.from(plan.overrideTable))
  return { object: overrideObject, table: path }
}

/** The loader says little of an object that it can't load, and starts QEMU without it. */
function checkOverrideObject(path: string): void {
  if (!existsSync(path)) {
    throw new EnvironmentError(`${path}: expected the object that overrides CPUID; ${howToBuild()}`)
  }
  // ld.so(8): "The items of the list can be separated by spaces or colons, and there is no support for escaping".
  if (/[ :]/.test(path)) {
    throw new EnvironmentError(
      `${path}: the loader takes no path with a space or a colon in LD_PRELOAD; move guise to a folder without`,
    )
  }
}
