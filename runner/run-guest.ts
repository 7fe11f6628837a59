import { join } from 'node:path'
import { storeBytes } from '../images/cache.js'
import { attendGuest, type GuestImages } from './console/attend.js'
import { outcomeOf } from './console/outcome.js'
import { judge } from './judge/judge.js'
import { findingsOf } from './observe/guest-findings.js'
import { observe } from './observe/observe.js'
import { overrideObject } from './paths.js'
import type { Plan } from './plan/plan.js'
import { consoleTail } from './report/printable.js'
import { makeRecord, type RecordFrame } from './report/record.js'
import type { GuiseRecord } from './report/record-schema.js'
import type { RecordDetails } from './report/reporter.js'
import { expectationFor } from './scenario/condition.js'

/** A record, and what of its console a person may want to see. */
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
  plan: Plan,
  frame: RecordFrame,
  images: Pick<GuestImages, 'qemu' | 'kernel' | 'initramfs'>,
  folder: string,
  signal: AbortSignal,
): Promise<RunResult> {
  const consoleLog = join(folder, `${plan.scenario.name}.console.log`)
  const override = await overrideOf(plan)
  const guest = await attendGuest(plan, { ...images, override, consoleLog }, signal)
  const console = guest.console.toString('latin1')
  const { complete } = guest.report
  const ending = outcomeOf({ ...guest, console, reportComplete: complete })
  const observation = observe(plan, console, complete ? findingsOf(guest.report) : null)
  const expectation = expectationFor(plan.scenario.expect, {
    kernel: frame.kernel.version,
    qemu: frame.qemuVersion,
    fidelity: plan.fidelity,
    vendor: plan.vendor,
  })
  const result = {
    plan,
    argv: guest.command,
    ending,
    observation,
    console: consoleLog,
    timing: guest.timing,
  }
  return {
    record: makeRecord(frame, judge(expectation, ending, observation), result),
    details: { consoleTail: consoleTail(guest.console, tailLines) },
  }
}

/** Puts a plan's override table into the cache, where the printed command finds it later, too. */
export async function overrideOf(plan: Plan): Promise<GuestImages['override']> {
  if (plan.overrideTable === null) return null
  const { path } = await storeBytes('tables', '.cpuid', Buffer.from(plan.overrideTable))
  return { object: overrideObject, table: path }
}
