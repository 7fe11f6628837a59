import { guestInitramfs, type InitramfsContent } from '../../images/initramfs.js'
import type { Kernel } from '../../images/kernel/kernel.js'
import { requireUnchanged } from '../../images/kernel/require-unchanged.js'
import type { OnProgress } from '../../images/progress.js'
import type { CachedFile } from '../cache/files.js'
import type { Executable } from '../cpuid/executable.js'
import type { GuestInputs } from '../console/started-guest.js'
import type { Kvm } from '../launch/kvm.js'
import type { Qemu } from '../launch/qemu.js'
import { EnvironmentError } from '../errors.js'
import { bootImage } from '../plan/boot-image.js'
import { type Plan, planScenario, type PlanTarget } from '../plan/plan.js'
import type { Scenario } from '../scenario/scenario.js'
import { asksForFeatures, isAble } from '../plan/serve.js'
import { lockstepObject, overrideFiles } from './override-files.js'

/** What the guests of a run, or of a dry run, are prepared with. */
export interface GuestMeans {
  readonly kvm: Pick<Kvm, 'lacks'>
  /** Learns what a guest with such a CPU could execute in a place; null where that is not said, `unasked` where nobody will see it. */
  readonly executable: (
    place: PreparedPlace,
    cpu: Scenario['cpu'],
  ) => Promise<Executable | null | 'unasked'>
  /** What the initramfs of each guest has. */
  readonly content: InitramfsContent
  /** That of scenarios that ask for no modules. */
  readonly initramfs: CachedFile
  /** The modules that any scenario of the run asks for. */
  readonly modules: readonly string[]
  readonly target: Pick<
    PlanTarget,
    'channel' | 'clock' | 'totalMs' | 'fullConsole' | 'unjudged' | 'hostVendor'
  >
  readonly signal: AbortSignal
  readonly onSetup: OnProgress
}

/** Where a guest will run. */
export interface PreparedPlace extends Pick<
  PlanTarget,
  'accelerator' | 'qemuVersion' | 'triedQemu'
> {
  /** Of this machine; its version is not `qemuVersion` where the guest is in the nested host. */
  readonly qemu: Qemu
}

/** A guest that can be started, or why there is none. */
export type PreparedGuest =
  | { readonly skip: string }
  | {
      readonly plan: Plan
      readonly images: Omit<GuestInputs, 'consoleLog'>
      /** The same that `images` names. */
      readonly initramfs: CachedFile
    }

/**
 * Plans the guest of a scenario on a kernel and has its images made.
 *
 * @throws EnvironmentError if an image can't be made, or the kernel was changed since it was found
 */
export async function prepareGuest(
  scenario: Scenario,
  kernel: Kernel,
  { qemu, ...place }: PreparedPlace,
  means: GuestMeans,
): Promise<PreparedGuest> {
  const { kvm, content, initramfs: plain, modules, target, signal, onSetup } = means
  // A scenario that is skipped is not worth a question.
  const first = planScenario(scenario, { ...target, ...place, kernel })
  if ('skip' in first) return first
  const executable = asksForFeatures(scenario)
    ? await means.executable({ qemu, ...place }, scenario.cpu)
    : 'unasked'
  if (executable === null && scenario.steps.some(isAble)) {
    throw new EnvironmentError(
      `${scenario.name}: expected to learn what ${place.accelerator} of QEMU ${place.qemuVersion} can execute, for \`serve: able\`; its tiny guest did not say`,
    )
  }
  const known = executable === 'unasked' ? null : executable
  const plan =
    known === null
      ? first
      : planScenario(scenario, { ...target, ...place, kernel, executable: known })
  if ('skip' in plan) return plan
  const unavailable = place.accelerator === 'kvm' ? await kvm.lacks(scenario.needs, qemu) : null
  if (unavailable !== null) return { skip: unavailable }
  await requireUnchanged(kernel)
  const wanted = scenario.kernel.modules
  const making = { signal, onProgress: onSetup, ahead: modules }
  const initramfs =
    wanted.length === 0 ? plain : await guestInitramfs(content, kernel, wanted, making)
  if ('unavailable' in initramfs) return { skip: initramfs.unavailable }
  const images = {
    qemu: qemu.command,
    sandbox: qemu.sandbox,
    ...(qemu.rights !== undefined && { rights: qemu.rights }),
    kernel: bootImage(kernel, plan),
    initramfs: initramfs.path,
    override: await overrideFiles(plan),
    lockstep: lockstepObject(plan),
  }
  return { plan, images, initramfs }
}
