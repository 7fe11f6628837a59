import { addressOf, debuggerSymbols } from '../../images/kernel/debugger-symbols.js'
import type { Kernel } from '../../images/kernel/kernel.js'
import { resolveKernel } from '../../images/kernel/resolve.js'
import { shellContent } from '../../images/shell-content.js'
import type { OnProgress } from '../../images/progress.js'
import { removeStaleFolders } from '../console/guest-folder.js'
import type { ShellInputs } from '../console/shell/start-shell-guest.js'
import { EnvironmentError, InputError } from '../errors.js'
import { withoutKaslr } from '../plan/without-kaslr.js'
import type { Scenario } from '../scenario/scenario.js'
import { LocalGuests } from './local-guests.js'
import { defaultKernel, type FullRunOptions } from './options.js'

/** Where a guest is to be stopped for gdb. */
export interface StopPlace {
  readonly symbol: string
  readonly address: bigint
  /** What gdb reads the kernel's names from. */
  readonly file: string
  /** Whether that is the kernel's own vmlinux, or made by guise and knows functions alone. */
  readonly isVmlinux: boolean
}

/** A guest to sit at that can be started. */
export interface ShellReady extends Pick<ShellInputs, 'plan' | 'images'> {
  /** What runs on what, in one line. */
  readonly heading: string
  /** Null where no debugger is asked for. */
  readonly stop: StopPlace | null
}

/** What a guest to sit at is asked for with. */
export interface ShellRequest {
  readonly scenario: Scenario
  readonly run: FullRunOptions
  /** The function at which it is stopped for gdb; null where it is not. */
  readonly symbol: string | null
  readonly onNote: (text: string) => void
  readonly onSetup: OnProgress
}

/**
 * Plans the guest of a shell and has its images made.
 *
 * @throws InputError for one that would be in the nested host, and for a function that the kernel does not have
 * @throws EnvironmentError where the scenario can't be served here, or something can't be had
 */
export async function prepareShell(request: ShellRequest): Promise<ShellReady> {
  const { scenario, run, symbol, onNote, onSetup } = request
  const { signal } = run
  refuseNested(scenario, run.accelerator, null)
  removeStaleFolders(Date.now())
  const fetching = { signal, onProgress: onSetup }
  const kernel = await resolveKernel(run.kernels[0] ?? defaultKernel, fetching)
  const content = () => shellContent(fetching)
  const guests = await LocalGuests.open({ run, content, onNote, onSetup })
  const place = await guests.place(scenario, kernel)
  refuseNested(scenario, place.accelerator, place.accelWhy)
  const stop = symbol === null ? null : await stopPlace(kernel, symbol)
  const guest = await guests.prepare(scenario, kernel, place)
  if ('skip' in guest) throw new EnvironmentError(`${scenario.name}: ${guest.skip}`)
  const plan = stop === null ? guest.plan : withoutKaslr(guest.plan)
  const { qemu, accelerator } = place
  const heading = `${scenario.name} on ${kernel.version} (${kernel.release}), QEMU ${qemu.version}, ${accelerator}, ${plan.clock.clock} time`
  return { plan, images: guest.images, heading, stop }
}

async function stopPlace(kernel: Kernel, symbol: string): Promise<StopPlace> {
  const { table, file, isVmlinux } = await debuggerSymbols(kernel)
  return { symbol, address: addressOf(table, symbol), file, isVmlinux }
}

/** The nested host has no way to a guest's console but out of it. */
function refuseNested(scenario: Scenario, accelerator: string, why: string | null): void {
  if (accelerator !== 'nested') return
  const because = why === null ? '' : `; ${scenario.name} would be one: ${why}`
  throw new InputError(
    `guise shell has no nested guests: nothing can be typed to a guest inside the nested host${because}; --accel tcg shows the leaves alone, --accel kvm needs a KVM that works`,
  )
}
