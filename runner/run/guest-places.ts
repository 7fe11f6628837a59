import { fetchableQemus } from '../../images/distribution/table.js'
import type { ResolveOptions } from '../../images/kernel/kernel.js'
import type { Kvm } from '../launch/kvm.js'
import type { Qemu } from '../launch/qemu.js'
import type { Accelerator } from '../plan/accelerator.js'
import { type BetterQemu, betterQemu } from '../plan/better-qemu.js'
import type { ChosenAccelerator } from '../plan/choose-accelerator.js'
import type { PlanTarget } from '../plan/plan.js'
import { formatTried, type TriedQemu } from '../plan/tried-qemu.js'
import { inRange } from '../scenario/condition.js'
import type { Scenario } from '../scenario/scenario.js'
import { type FetchQemu, type FoundQemu, tryToFetch } from './find-qemu.js'

/** What runs a guest, and why that. */
export interface GuestPlace {
  readonly accelerator: Accelerator
  readonly accelWhy: string
  /** Of this machine; the nested host has its own. */
  readonly qemu: Qemu
  /** Why it is not the one in PATH; null where it is, or was asked for by name. */
  readonly qemuWhy: string | null
  /** The QEMU that was to be taken in its place. */
  readonly triedQemu: TriedQemu | null
}

/** What the places of a run's guests depend on. */
export interface GuestPlacesOptions extends ResolveOptions {
  readonly kvm: Pick<Kvm, 'choose'>
  /** The run's QEMU. */
  readonly found: FoundQemu
  /** Whether it was asked for by name: then it is every guest's. */
  readonly named: boolean
  readonly target: Omit<PlanTarget, 'kernel' | 'accelerator' | 'qemuVersion'>
  /** How a QEMU is fetched. */
  readonly fetch?: FetchQemu
}

/**
 * The places of a run's guests. A guest that the machine's QEMU does not run, or not on virtual time, gets another one, which is fetched
 * when it is first needed; where it cannot be had, it is not asked for again.
 */
export class GuestPlaces {
  readonly #options: GuestPlacesOptions
  readonly #fetched = new Map<string, ReturnType<typeof tryToFetch>>()

  constructor(options: GuestPlacesOptions) {
    this.#options = options
  }

  /**
   * The place of a scenario's guest on a kernel.
   *
   * @throws EnvironmentError when the machine lacks what was asked for by name
   * @throws whatever the signal's reason comes to, where that ends a fetch
   */
  async of(scenario: Scenario, kernel: PlanTarget['kernel']): Promise<GuestPlace> {
    const { kvm, found, named } = this.#options
    const here = placeIn(found, await kvm.choose(scenario))
    const better = named ? null : await this.#better(scenario, kernel)
    if (better === null) return here
    const qemu = await this.#fetch(better.spec)
    if ('trouble' in qemu) return withTried(here, qemu)
    if (!better.ranges.every(range => inRange(qemu.version, range))) {
      return withTried(here, { spec: better.spec, version: qemu.version })
    }
    const there = await kvm.choose(scenario, qemu)
    return placeIn(there.accelerator === 'nested' ? found : { qemu, why: better.why }, there)
  }

  /** The QEMU that serves better, where a guest would be in a QEMU of this machine at all. */
  async #better(scenario: Scenario, kernel: PlanTarget['kernel']): Promise<BetterQemu | null> {
    const { kvm, found, target } = this.#options
    const { needs } = scenario
    const { accelerator } = await kvm.choose({
      ...scenario,
      needs: { ...needs, qemu: undefined, kvm: [] },
    })
    if (accelerator === 'nested') return null
    const { version: qemuVersion, name } = found.qemu
    const others = fetchableQemus.filter(({ spec }) => spec !== name)
    return betterQemu(scenario, { ...target, kernel, accelerator, qemuVersion }, others)
  }

  #fetch(spec: string): ReturnType<typeof tryToFetch> {
    const before = this.#fetched.get(spec)
    if (before !== undefined) return before
    const fetching = this.#fetchAndTell(spec)
    this.#fetched.set(spec, fetching)
    return fetching
  }

  async #fetchAndTell(spec: string): ReturnType<typeof tryToFetch> {
    const { found, fetch, onProgress } = this.#options
    const fetched = await tryToFetch(spec, this.#options, fetch)
    if ('trouble' in fetched) {
      const text = `${formatTried(fetched)}. Going on with QEMU ${found.qemu.version}`
      onProgress?.({ kind: 'note', text })
    }
    return fetched
  }
}

function placeIn({ qemu, why }: FoundQemu, chosen: ChosenAccelerator): GuestPlace {
  const { accelerator, why: accelWhy } = chosen
  return { accelerator, accelWhy, qemu, qemuWhy: why, triedQemu: null }
}

/** The place, with what came of the QEMU that would have served better; the nested host may be taken for want of it. */
function withTried(place: GuestPlace, triedQemu: TriedQemu): GuestPlace {
  const { accelerator, accelWhy } = place
  const why = accelerator === 'nested' ? `${accelWhy}, and ${formatTried(triedQemu)}` : accelWhy
  return { ...place, accelWhy: why, triedQemu }
}
