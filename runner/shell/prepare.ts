import { distributions } from '../../images/distribution/table.js'
import { buildInitramfs } from '../../images/initramfs.js'
import type { Kernel } from '../../images/kernel/kernel.js'
import { resolveKernel } from '../../images/kernel/resolve.js'
import { shellInitramfs } from '../../images/shell-initramfs.js'
import type { GuestInputs } from '../console/started-guest.js'
import { EnvironmentError, InputError } from '../errors.js'
import { learnExecutable } from '../launch/executable.js'
import { hostVendor } from '../launch/host-vendor.js'
import { Kvm } from '../launch/kvm.js'
import { refuseHostFiles } from '../launch/refuse-host-files.js'
import { guestInit, guestShell } from '../paths.js'
import { type Plan } from '../plan/plan.js'
import { withLinkedKernel, withRealClock, withSerialReport } from '../plan/variants.js'
import type { FullRunOptions } from '../run/options.js'
import { asLines } from '../report/setup-progress.js'
import { askedQemu } from '../run/find-qemu.js'
import { GuestPlaces } from '../run/guest-places.js'
import { type PreparedPlace, prepareGuest } from '../run/prepare-guest.js'
import { refuseCpus } from '../run/refuse-cpus.js'
import type { Scenario } from '../scenario/scenario.js'

/** A guest that can be started to be looked into. */
export interface ShellGuest {
  readonly plan: Plan
  readonly images: Omit<GuestInputs, 'consoleLog'>
  readonly kernel: Kernel
}

/**
 * Prepares a scenario's guest as a run does: the same kernel, QEMU, machine and leaves. Its initramfs and its serial ports are others,
 * and it is on real time, since a person's time is.
 *
 * @param linked - whether the kernel is to lie where it was linked to (`nokaslr`)
 * @throws InputError where the scenario has no guest here that a shell reaches
 * @throws EnvironmentError when an image can't be made
 */
export async function prepareShell(
  scenario: Scenario,
  options: FullRunOptions,
  linked: boolean,
  onNote: (text: string) => void,
): Promise<ShellGuest> {
  const { signal } = options
  if (options.allowHostFiles !== true) await refuseHostFiles([scenario])
  const onSetup = asLines(onNote)
  const found = await askedQemu(options.qemu, { signal, onProgress: onSetup })
  const kvm = new Kvm(found.qemu, options.accelerator, onNote, { signal })
  await kvm.check()
  const [spec = ''] = options.kernels
  const kernel = await resolveKernel(spec, { signal, onProgress: onSetup })
  const target = { ...options, hostVendor: hostVendor(), unjudged: true, fullConsole: true }
  const named = options.qemu !== undefined
  const places = new GuestPlaces({ kvm, found, named, target, signal, onProgress: onSetup })
  const place = await places.of(scenario, kernel)
  if (place.accelerator === 'nested')
    throw new InputError(
      `${scenario.name}: expected a guest of kvm or tcg, got one of the nested host, which no shell reaches${options.accelerator === 'nested' ? '' : ` (${place.accelWhy})`}`,
    )
  await refuseCpus([{ scenario, place, target: { ...target, kernel } }], signal)
  const guest = await prepareGuest(
    scenario,
    kernel,
    { ...place, qemuVersion: place.qemu.version },
    {
      kvm,
      executable: ({ accelerator, qemu }: PreparedPlace, cpu: Scenario['cpu']) =>
        accelerator === 'nested'
          ? Promise.resolve('unasked' as const)
          : learnExecutable(qemu, accelerator, cpu, signal),
      initramfs: await buildInitramfs({ init: guestInit }),
      modules: scenario.kernel.modules,
      target,
      signal,
      onSetup,
    },
  )
  if ('skip' in guest) throw new InputError(`${scenario.name}: no guest can be had: ${guest.skip}`)
  const [distribution] = distributions
  const busybox = await distribution?.fetchBusybox({ signal, onProgress: onSetup })
  if (busybox === undefined) throw new EnvironmentError('busybox: no distribution has it')
  const initramfs = await shellInitramfs(
    { shell: guestShell, busybox },
    kernel,
    scenario.kernel.modules,
    { signal, onProgress: onSetup },
  )
  if ('unavailable' in initramfs) throw new InputError(`${scenario.name}: ${initramfs.unavailable}`)
  const serial = withSerialReport(guest.plan)
  const timed = serial.clock.clock === 'real' ? serial : withRealClock(serial, 'a person waits')
  return {
    plan: linked ? withLinkedKernel(timed) : timed,
    images: { ...guest.images, initramfs: initramfs.path, lockstep: null },
    kernel,
  }
}
