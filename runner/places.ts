import type { NestedHostImage } from '../images/nested/build.js'
import { attendGuest, type AttendedGuest } from './console/attend.js'
import { startLocalGuest } from './console/local-guest.js'
import { nestedGuests } from './console/nested-guest.js'
import type { GuestImages } from './console/started-guest.js'
import type { NestedHost } from './launch/nested/host.js'
import { NestedHostLostError } from './launch/nested/lost.js'
import type { Plan } from './plan/plan.js'

/** What the places of a run need to know. */
export interface PlacesOptions {
  readonly signal: AbortSignal
  /** Something that takes time, or that went wrong and is made good. */
  readonly onNote: (text: string) => void
}

// A guest that is lost with its host is run again, at most so often: it may be what kills the host.
const runsPerGuest = 3

/**
 * Where the guests of a run are started: in QEMUs of this host, or in the nested host, which is started when the first
 * guest needs it and again when it is lost. Dispose of it to end the nested host.
 */
export class GuestPlaces implements AsyncDisposable {
  readonly #options: PlacesOptions
  #host: Promise<NestedHost> | null = null
  #image: Promise<NestedHostImage> | null = null
  #restarts = 0

  constructor(options: PlacesOptions) {
    this.#options = options
  }

  /** How often the nested host was lost and started again. */
  get restarts(): number {
    return this.#restarts
  }

  /** What the nested host is made of; made when it is first asked for. */
  nestedImage(): Promise<NestedHostImage> {
    const { signal, onNote } = this.#options
    // What makes and starts the host is loaded only where a guest needs it.
    this.#image ??= import('../images/nested/build.js').then(({ buildNestedHost }) =>
      buildNestedHost({ signal, onProgress: onNote }),
    )
    return this.#image
  }

  /**
   * Runs a guest to its end, in the place that its accelerator means.
   *
   * @throws NestedHostLostError when the nested host was lost with it three times
   */
  async attend(plan: Plan, images: GuestImages, signal: AbortSignal): Promise<AttendedGuest> {
    if (plan.accelerator !== 'nested') return attendGuest(startLocalGuest, plan, images, signal)
    for (let run = 1; ; run += 1) {
      const host = await this.#nestedHost()
      try {
        const guest = await attendGuest(nestedGuests(host), plan, images, signal)
        if (run === runsPerGuest || !endedUnheard(guest)) return guest
        this.#options.onNote(
          `${plan.scenario.name} was reset in the nested host before its kernel spoke; running it again`,
        )
      } catch (error) {
        if (!(error instanceof NestedHostLostError) || run === runsPerGuest) throw error
        this.#options.onNote(
          `the nested host was lost (${error.message.split('\n')[0] ?? ''}); running ${plan.scenario.name} again`,
        )
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const host = await this.#host?.catch(() => null)
    await host?.close()
  }

  /** The nested host, started where there is none that is alive. */
  async #nestedHost(): Promise<NestedHost> {
    const asked = this.#host
    const before = asked === null ? null : await asked
    if (before?.alive === true) return before
    // Of two guests that lose a host together, one starts the new one.
    if (this.#host !== asked && this.#host !== null) return this.#host
    if (before !== null) this.#restarts += 1
    this.#host = this.#start(before)
    return this.#host
  }

  async #start(before: NestedHost | null): Promise<NestedHost> {
    await before?.close()
    const { signal, onNote } = this.#options
    const image = await this.nestedImage()
    onNote(`${before === null ? 'starting' : 'restarting'} the nested host`)
    const { startNestedHost } = await import('./launch/nested/host.js')
    return startNestedHost(image, { signal })
  }
}

/** A guest in the nested host was seen to reset before its kernel's first words, through no fault of its own. */
function endedUnheard({ endedBy, report, console }: AttendedGuest): boolean {
  return endedBy === 'itself' && !report.complete && !console.includes('Linux version ')
}
