import { performance } from 'node:perf_hooks'
import { resolveKernel } from '../../images/kernel/resolve.js'
import { buildNestedHost } from '../../images/nested/build.js'
import { startLocalGuest } from '../../runner/console/local-guest.js'
import { nestedGuests } from '../../runner/console/nested-guest.js'
import { type NestedHost, startNestedHost } from '../../runner/launch/nested/host.js'
import { NestedHostLostError } from '../../runner/launch/nested/lost.js'
import { temporaryFolder } from '../../runner/temporary-folder.js'
import { bareGuest } from './bare-guest.js'
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
  const image = await buildNestedHost()
  const guests = {
    nested: await bareGuest(kernel, 'nested', folder.path),
    tcg: await bareGuest(kernel, 'tcg', folder.path),
  }
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
  const guest = async (accelerator: 'nested' | 'tcg', runs = 3): Promise<void> => {
    const start =
      accelerator === 'tcg' ? startLocalGuest : nestedGuests(host ?? (await startHost()))
    try {
      if (await guests[accelerator](start)) return
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
