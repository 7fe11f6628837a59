import { resolve } from 'node:path'
import type { CachedFile } from '../cache/files.js'
import { guestInitramfs } from '../../images/initramfs.js'
import type { OnProgress } from '../../images/progress.js'
import type { Kernel } from '../../images/kernel/kernel.js'
import { bootImage } from '../plan/boot-image.js'
import type { AcceleratorChoice } from '../plan/choose-accelerator.js'
import type { Kvm } from '../launch/kvm.js'
import { NestedHostUnavailableError } from '../launch/nested/lost.js'
import type { Qemu } from '../launch/qemu.js'
import { guestInit } from '../paths.js'
import { guestSupport } from '../observe/guest-support.js'
import type { GuestRunner } from './guest-runner.js'
import type { Accelerator } from '../plan/accelerator.js'
import { planScenario, type PlanTarget } from '../plan/plan.js'
import { makeRecord, type RunInfo } from '../record/make.js'
import type { GuiseRecord } from '../record/schema.js'
import { runGuest, type RunResult } from './run-guest.js'
import type { Scenario } from '../scenario/scenario.js'

/** What the guests of a run have in common. */
export interface RunContext {
  /** The run's id. */
  readonly run: string
  readonly accelerator: AcceleratorChoice
  /** What the run believes of this machine's KVM. */
  readonly kvm: Kvm
  readonly qemu: Qemu
  /** The initramfs of scenarios that ask for no modules. */
  readonly initramfs: CachedFile
  /** The modules that any scenario of the run asks for. */
  readonly modules: readonly string[]
  readonly fingerprint: GuiseRecord['fingerprint']
  readonly target: Pick<PlanTarget, 'channel' | 'totalMs' | 'fullConsole' | 'unjudged'>
  readonly runner: GuestRunner
  readonly signal: AbortSignal
  /** Told before a guest is started. */
  readonly onStart: (scenario: string) => void
  /** Told of what takes time, such as a download. */
  readonly onNote: (text: string) => void
  readonly onSetup: OnProgress
}

/**
 * Runs one scenario on one kernel: chooses the accelerator, plans, and runs the guest or says why there is none.
 *
 * @param folder - where its console is kept
 * @throws EnvironmentError when the machine lacks what was asked for by name
 */
export async function runScenario(
  scenario: Scenario,
  kernel: Kernel,
  folder: string,
  context: RunContext,
): Promise<RunResult> {
  const { qemu, runner, signal } = context
  const { accelerator, why: accelWhy } = await context.kvm.choose(scenario)
  const { spec, release, version, banner, sha256 } = kernel
  const runInfo = (qemuVersion: string): RunInfo => ({
    run: context.run,
    scenario: scenario.name,
    file: scenario.file === '' ? null : resolve(scenario.file),
    kernel: { spec, release, version, banner, sha256, guestSupport: guestSupport(kernel.config) },
    qemuVersion,
    accelerator,
    accelWhy,
    fingerprint: context.fingerprint,
    reruns: [],
  })
  try {
    const qemuVersion = await qemuVersionFor(accelerator, context)
    const info = runInfo(qemuVersion)
    const plan = planScenario(scenario, { ...context.target, accelerator, kernel, qemuVersion })
    if ('skip' in plan) return skipped(info, plan.skip)
    const unavailable = accelerator === 'kvm' ? await context.kvm.lacks(scenario.needs) : null
    if (unavailable !== null) return skipped(info, unavailable)
    const initramfs = await initramfsFor(scenario, kernel, context)
    if ('unavailable' in initramfs) return skipped(info, initramfs.unavailable)
    context.onStart(scenario.name)
    const images = {
      qemu: qemu.path,
      sandbox: qemu.sandbox,
      kernel: bootImage(kernel, plan),
      initramfs: initramfs.path,
    }
    const result = await runGuest(
      runner,
      plan,
      withInitramfs(info, initramfs),
      images,
      folder,
      signal,
    )
    if (accelerator === 'kvm' && result.record.outcome === 'kvm-error') {
      const found = await context.kvm.askAgain(scenario.name)
      return { ...result, record: { ...result.record, why: [...result.record.why, found] } }
    }
    return result
  } catch (error) {
    if (!(error instanceof NestedHostUnavailableError) || context.accelerator !== 'auto') {
      throw error
    }
    return skipped(
      runInfo(qemu.version),
      `${accelWhy}; and the nested host can't be had: ${error.message.split('\n', 1)[0] ?? ''}`,
    )
  }
}

/** The scenario's initramfs, or why there is none. */
async function initramfsFor(
  scenario: Scenario,
  kernel: Kernel,
  { initramfs, modules, signal, onSetup }: RunContext,
): Promise<CachedFile | { readonly unavailable: string }> {
  const wanted = scenario.kernel.modules
  if (wanted.length === 0) return initramfs
  return guestInitramfs(guestInit, kernel, wanted, {
    signal,
    onProgress: onSetup,
    ahead: modules,
  })
}

/** The same info, with the initramfs that the guest was really given. */
function withInitramfs(info: RunInfo, { sha256 }: CachedFile): RunInfo {
  return { ...info, fingerprint: { ...info.fingerprint, initramfs: sha256 } }
}

async function qemuVersionFor(accelerator: Accelerator, context: RunContext): Promise<string> {
  if (accelerator !== 'nested') return context.qemu.version
  return (await context.runner.nestedImage()).qemuVersion
}

function skipped(info: RunInfo, reason: string): RunResult {
  const record = makeRecord(info, { verdict: 'skip', why: [reason] }, null)
  return { record, details: { consoleTail: [] } }
}
