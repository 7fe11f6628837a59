import { buildInitramfs } from '../../images/initramfs.js'
import { resolveKernel } from '../../images/kernel/resolve.js'
import { hostVendor } from '../launch/host-vendor.js'
import { learnExecutable } from '../launch/executable.js'
import { sharedMemoryFor } from '../console/protocol/parse-report.js'
import { Kvm } from '../launch/kvm.js'
import { guestCommand } from '../launch/qemu-arguments.js'
import { commandWords } from '../launch/qemu-command.js'
import { refuseHostFiles } from '../launch/refuse-host-files.js'
import { shellQuote } from '../launch/shell-quote.js'
import { servedTsc } from '../launch/tsc.js'
import { guestInit } from '../paths.js'
import type { Scenario } from '../scenario/scenario.js'
import { askedQemu } from '../run/find-qemu.js'
import { GuestPlaces } from '../run/guest-places.js'
import { refuseCpus } from '../run/refuse-cpus.js'
import { type PreparedPlace, prepareGuest } from '../run/prepare-guest.js'
import { asLines } from '../report/setup-progress.js'
import { type FullRunOptions, guestsOf } from '../run/options.js'
import { noteOnStderr } from '../terminal/standard-error.js'
import { print, printPlain } from './standard-output.js'

/**
 * `guise run --dry-run`: prints the command of each guest, one a line, to be pasted into a shell. The guest's console
 * is then the terminal; its report goes nowhere, but the machine is the same.
 */
export async function dryRun(options: FullRunOptions): Promise<number> {
  const { scenarios, signal } = options
  if (options.allowHostFiles !== true) await refuseHostFiles(scenarios)
  const onSetup = asLines(noteOnStderr)
  const found = await askedQemu(options.qemu, { signal, onProgress: onSetup })
  const kvm = new Kvm(found.qemu, options.accelerator, noteOnStderr, { signal })
  const target = { ...options, hostVendor: hostVendor() }
  const places = new GuestPlaces({
    kvm,
    found,
    named: options.qemu !== undefined,
    target,
    signal,
    onProgress: onSetup,
  })
  const means = {
    kvm,
    // A guest of the nested host is not shown.
    executable: async ({ accelerator, qemu }: PreparedPlace, cpu: Scenario['cpu']) =>
      accelerator === 'nested'
        ? ('unasked' as const)
        : learnExecutable(qemu, accelerator, cpu, signal),
    initramfs: await buildInitramfs({ init: guestInit }),
    modules: [...new Set(scenarios.flatMap(({ kernel }) => kernel.modules))],
    target,
    signal,
    onSetup,
  }
  for (const spec of options.kernels) {
    const kernel = await resolveKernel(spec, { signal, onProgress: onSetup })
    for (const { scenario } of guestsOf([kernel], options)) {
      const place = await places.of(scenario, kernel)
      await refuseCpus([{ scenario, place, target: { ...target, kernel } }], signal)
      const { accelerator, qemu } = place
      const nested = accelerator === 'nested' ? await madeNestedHost() : null
      const qemuVersion = nested?.qemuVersion ?? qemu.version
      const guest = await prepareGuest(scenario, kernel, { ...place, qemuVersion }, means)
      if ('skip' in guest) {
        await printPlain(`# ${scenario.name}: skip: ${guest.skip}\n`)
        continue
      }
      if (accelerator === 'nested') {
        await printPlain(
          `# ${scenario.name}: runs inside the nested host, where no shell reaches\n`,
        )
        continue
      }
      const { plan, images } = guest
      const command = guestCommand(plan, {
        ...images,
        tsc: await servedTsc(plan),
        console: { kind: 'stdio' },
        report: {
          kind: 'unread',
          channel: plan.channel,
          size: sharedMemoryFor(plan.scenario.machine.cpus),
        },
      })
      await print(`${shellQuote(commandWords(command))}\n`)
    }
  }
  return 0
}

/** The nested host, if it is made; what looks for it is loaded only where a guest needs it. */
async function madeNestedHost() {
  const { recallNestedHost } = await import('../../images/nested/build.js')
  return recallNestedHost()
}
