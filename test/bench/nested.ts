import { performance } from 'node:perf_hooks'
import { join } from 'node:path'
import { buildInitramfs } from '../../images/initramfs.js'
import { resolveKernel } from '../../images/kernel/resolve.js'
import { buildNestedHost } from '../../images/nested/build.js'
import { attendGuest } from '../../runner/console/attend.js'
import { startLocalGuest } from '../../runner/console/local-guest.js'
import { nestedGuests } from '../../runner/console/nested-guest.js'
import type { GuestImages } from '../../runner/console/started-guest.js'
import { type NestedHost, startNestedHost } from '../../runner/launch/nested/host.js'
import { NestedHostLostError } from '../../runner/launch/nested/lost.js'
import { findQemu } from '../../runner/launch/qemu.js'
import { guestInit } from '../../runner/paths.js'
import type { Accelerator } from '../../runner/plan/accelerator.js'
import { type Plan, planScenario } from '../../runner/plan/plan.js'
import { bareScenario } from '../../runner/scenario/bare.js'
import { temporaryFolder } from '../../runner/temporary-folder.js'
import { type Comparison, median } from './compare.js'

/** A nested host that is up, and the same stock guest to be run in it and beside it. */
export interface NestedBench extends AsyncDisposable {
  /** How long each start of the host took so far, in milliseconds. */
  readonly starts: readonly number[]
  /** How often the host was lost; what ran then is run again, and its time counts. */
  readonly losses: () => number
  /** A stock guest in the nested host, over the same directly under TCG. */
  readonly guest: Comparison
  /** Four guests one at a time, over four two at a time: more than 1 is what the second slot is worth. */
  readonly twoAtATime: Comparison
}

/** How many guests {@link NestedBench.twoAtATime} runs on each side. */
export const guestsInARow = 4

/** Starts a nested host three times, to see what that takes, and keeps the last. */
export async function openNestedBench(): Promise<NestedBench> {
  const folder = await temporaryFolder('bench')
  const kernel = await resolveKernel('debian:bookworm')
  const initramfs = await buildInitramfs({ init: guestInit })
  const image = await buildNestedHost()
  const qemu = await findQemu()
  const images: Omit<GuestImages, 'consoleLog'> = {
    qemu: qemu.path,
    kernel: kernel.path,
    initramfs: initramfs.path,
    override: null,
  }
  const planFor = (accelerator: Accelerator): Plan => {
    const plan = planScenario(bareScenario(), { kernel, accelerator, qemuVersion: qemu.version })
    if ('skip' in plan) throw new Error(plan.skip)
    return plan
  }
  const plans = { nested: planFor('nested'), tcg: planFor('tcg') }

  const starts: number[] = []
  let losses = 0
  let host: NestedHost | null = null
  const startHost = async () => {
    await host?.close()
    const startedAt = performance.now()
    host = await startNestedHost(image)
    starts.push(performance.now() - startedAt)
    return host
  }
  let count = 0
  const never = new AbortController().signal
  const guest = async (accelerator: 'nested' | 'tcg', runs = 3): Promise<void> => {
    const consoleLog = join(folder.path, `${(count += 1)}.log`)
    const start =
      accelerator === 'tcg' ? startLocalGuest : nestedGuests(host ?? (await startHost()))
    try {
      const { report } = await attendGuest(
        start,
        plans[accelerator],
        { ...images, consoleLog },
        never,
      )
      if (report.complete) return
    } catch (error) {
      if (!(error instanceof NestedHostLostError)) throw error
      losses += 1
      if (host?.alive !== true) await startHost()
    }
    if (runs === 1) throw new Error(`${accelerator}: a guest that does not report`)
    await guest(accelerator, runs - 1)
  }
  for (let start = 0; start < 3; start += 1) await startHost()

  return {
    starts,
    losses: () => losses,
    guest: {
      name: 'a stock guest in the nested host / the same under TCG',
      ours: () => guest('nested'),
      theirs: () => guest('tcg'),
      atMost: 5,
    },
    twoAtATime: {
      name: `${guestsInARow} guests in the nested host, two at a time / one at a time`,
      ours: () => Promise.all([0, 1].map(() => inARow(guestsInARow / 2, () => guest('nested')))),
      theirs: () => inARow(guestsInARow, () => guest('nested')),
      atMost: 1,
    },
    [Symbol.asyncDispose]: async () => {
      await host?.close()
      await folder[Symbol.asyncDispose]()
    },
  }
}

/** What the starts of a nested host took: `4.1 s, 3 starts`. */
export function describeStarts({ starts }: NestedBench): string {
  return `${(median(starts) / 1000).toFixed(1)} s, median of ${starts.length} starts`
}

async function inARow(times: number, work: () => Promise<void>): Promise<void> {
  for (let time = 0; time < times; time += 1) await work()
}
