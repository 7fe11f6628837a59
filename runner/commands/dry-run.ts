import { buildInitramfs, guestInitramfs } from '../../images/initramfs.js'
import { resolveKernel } from '../../images/kernel/resolve.js'
import { bootImage } from '../plan/boot-image.js'
import { Kvm } from '../launch/kvm.js'
import { guestCommand } from '../launch/qemu-arguments.js'
import { findQemu } from '../launch/qemu.js'
import { refuseHostFiles } from '../launch/refuse-host-files.js'
import { shellQuote } from '../launch/shell-quote.js'
import { guestInit } from '../paths.js'
import { planScenario } from '../plan/plan.js'
import { overrideOf } from '../run/run-guest.js'
import { asLines } from '../report/setup-progress.js'
import type { FullRunOptions } from '../run/options.js'
import { noteOnStderr } from '../terminal/standard-error.js'
import { print, printPlain } from './standard-output.js'

/**
 * `guise run --dry-run`: prints the command of each guest, one a line, to be pasted into a shell. The guest's console
 * is then the terminal; its report goes nowhere, but the machine is the same.
 */
export async function dryRun(options: FullRunOptions): Promise<number> {
  if (options.allowHostFiles !== true) await refuseHostFiles(options.scenarios)
  const qemu = await findQemu(options.qemu)
  const kvm = new Kvm(qemu, options.accelerator, noteOnStderr)
  const plain = await buildInitramfs({ init: guestInit })
  const resolving = {
    signal: options.signal,
    onProgress: asLines(noteOnStderr),
  }
  for (const spec of options.kernels) {
    const kernel = await resolveKernel(spec, resolving)
    for (const scenario of options.scenarios) {
      const { accelerator } = await kvm.choose(scenario)
      const nested = accelerator === 'nested' ? await madeNestedHost() : null
      const plan = planScenario(scenario, {
        ...options,
        accelerator,
        kernel,
        qemuVersion: nested?.qemuVersion ?? qemu.version,
      })
      if ('skip' in plan) {
        await printPlain(`# ${scenario.name}: skip: ${plan.skip}\n`)
        continue
      }
      if (accelerator === 'nested') {
        await printPlain(
          `# ${scenario.name}: runs inside the nested host, where no shell reaches\n`,
        )
        continue
      }
      const { modules } = scenario.kernel
      const initramfs =
        modules.length === 0 ? plain : await guestInitramfs(guestInit, kernel, modules, resolving)
      if ('unavailable' in initramfs) {
        await printPlain(`# ${scenario.name}: skip: ${initramfs.unavailable}\n`)
        continue
      }
      const command = guestCommand(plan, {
        qemu: qemu.path,
        sandbox: qemu.sandbox,
        kernel: bootImage(kernel, plan),
        initramfs: initramfs.path,
        override: await overrideOf(plan),
        console: { kind: 'stdio' },
        report: { kind: 'unread', channel: plan.channel },
      })
      await print(`${shellQuote(command)}\n`)
    }
  }
  return 0
}

/** The nested host, if it is made; what looks for it is loaded only where a guest needs it. */
async function madeNestedHost() {
  const { recallNestedHost } = await import('../../images/nested/build.js')
  return recallNestedHost()
}
