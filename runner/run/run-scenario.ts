import { resolve } from 'node:path'
import type { Kernel } from '../../images/kernel/kernel.js'
import type { Kvm } from '../launch/kvm.js'
import { NestedHostUnavailableError } from '../launch/nested/lost.js'
import { guestSupport } from '../observe/guest-support.js'
import type { AcceleratorChoice } from '../plan/choose-accelerator.js'
import { makeRecord, type RunInfo } from '../record/make.js'
import type { GuiseRecord } from '../record/schema.js'
import type { Scenario } from '../scenario/scenario.js'
import type { GuestPlaces } from './guest-places.js'
import type { GuestRunner } from './guest-runner.js'
import type { NestedHostLifetime } from './nested-host-lifetime.js'
import { type GuestMeans, prepareGuest } from './prepare-guest.js'
import { runGuest, type RunResult } from './run-guest.js'

/** What the guests of a run have in common. */
export interface RunContext extends GuestMeans {
  /** The run's id. */
  readonly run: string
  readonly accelerator: AcceleratorChoice
  /** What the run believes of this machine's KVM. */
  readonly kvm: Pick<Kvm, 'lacks' | 'askAgain'>
  readonly places: Pick<GuestPlaces, 'of'>
  readonly nested: Pick<NestedHostLifetime, 'image'>
  readonly runner: Pick<GuestRunner, 'run'>
  readonly fingerprint: GuiseRecord['fingerprint']
  /** Told before a guest is started. */
  readonly onStart: (scenario: string) => void
}

/**
 * Runs one scenario on one kernel: chooses the place, plans, and runs the guest or says why there is none.
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
  const { kvm, nested, places, runner } = context
  const { accelerator, accelWhy, qemu, qemuWhy, triedQemu } = await places.of(scenario, kernel)
  const { spec, release, version, banner, sha256 } = kernel
  const infoWith = (qemuVersion: string): RunInfo => ({
    run: context.run,
    scenario: scenario.name,
    file: scenario.file === '' ? null : resolve(scenario.file),
    kernel: { spec, release, version, banner, sha256, guestSupport: guestSupport(kernel.config) },
    qemuVersion,
    qemuWhy: accelerator === 'nested' ? null : qemuWhy,
    accelerator,
    accelWhy,
    fingerprint: { ...context.fingerprint, qemu: qemu.name },
    reruns: [],
  })
  try {
    const qemuVersion = accelerator === 'nested' ? (await nested.image()).qemuVersion : qemu.version
    const info = infoWith(qemuVersion)
    const place = { accelerator, qemu, qemuVersion, triedQemu }
    const guest = await prepareGuest(scenario, kernel, place, context)
    if ('skip' in guest) return skipped(info, guest.skip)
    context.onStart(scenario.name)
    const { plan, images, initramfs } = guest
    if (context.target.clock === 'virtual' && plan.clock.clock === 'real')
      context.onSetup({ kind: 'note', text: `${scenario.name} is on real time: ${plan.clock.why}` })
    const result = await runGuest(
      runner,
      plan,
      withInitramfs(info, initramfs.sha256),
      images,
      folder,
    )
    if (accelerator !== 'kvm' || result.record.outcome !== 'kvm-error') return result
    const found = await kvm.askAgain(scenario.name)
    return { ...result, record: { ...result.record, why: [...result.record.why, found] } }
  } catch (error) {
    if (!(error instanceof NestedHostUnavailableError) || context.accelerator !== 'auto') {
      throw error
    }
    return skipped(
      infoWith(qemu.version),
      `${accelWhy}; and the nested host can't be had: ${error.message.split('\n', 1)[0] ?? ''}`,
    )
  }
}

/** The same, with the initramfs that the guest is really given. */
function withInitramfs(info: RunInfo, initramfs: string): RunInfo {
  return { ...info, fingerprint: { ...info.fingerprint, initramfs } }
}

function skipped(info: RunInfo, reason: string): RunResult {
  const record = makeRecord(info, { verdict: 'skip', why: [reason] }, null)
  return { record, details: { consoleTail: [] } }
}
