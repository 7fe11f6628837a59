import { join } from 'node:path'
import { buildInitramfs } from '../../images/initramfs.js'
import type { Kernel } from '../../images/kernel/kernel.js'
import { runToEnd } from '../../runner/console/run-to-end.js'
import type { StartGuest } from '../../runner/console/started-guest.js'
import { findQemu } from '../../runner/launch/qemu.js'
import { guestInit } from '../../runner/paths.js'
import type { Accelerator } from '../../runner/plan/accelerator.js'
import { planScenario } from '../../runner/plan/plan.js'
import { bareScenario } from '../../runner/scenario/bare.js'

/** Runs a guest that changes nothing, to its report; false where none came. */
export type BareGuest = (start: StartGuest) => Promise<boolean>

/**
 * Prepares guests of one kernel.
 *
 * @param folder - where their consoles go
 */
export async function bareGuest(
  kernel: Kernel,
  accelerator: Accelerator,
  folder: string,
): Promise<BareGuest> {
  const initramfs = await buildInitramfs({ init: guestInit })
  const qemu = await findQemu()
  const plan = planScenario(bareScenario(), { kernel, accelerator, qemuVersion: qemu.version })
  if ('skip' in plan) throw new Error(plan.skip)
  let count = 0
  const never = new AbortController().signal
  return async start => {
    const images = {
      qemu: qemu.command,
      sandbox: qemu.sandbox,
      kernel: kernel.path,
      initramfs: initramfs.path,
      override: null,
      consoleLog: join(folder, `${kernel.release}-${accelerator}-${(count += 1)}.log`),
    }
    const { report } = await runToEnd(start, plan, images, never)
    return report.complete
  }
}
