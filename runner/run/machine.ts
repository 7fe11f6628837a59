import { buildInitramfs } from '../../images/initramfs.js'
import type { OnProgress } from '../../images/progress.js'
import { startLocalGuest } from '../console/local-guest.js'
import { nestedGuests } from '../console/nested-guest.js'
import { learnExecutable } from '../launch/executable.js'
import { hostVendor } from '../launch/host-vendor.js'
import { Kvm } from '../launch/kvm.js'
import { learnNestedExecutable } from '../launch/nested/executable.js'
import { guestInit } from '../paths.js'
import { makeFingerprint } from '../record/fingerprint.js'
import { askedQemu, type FoundQemu } from './find-qemu.js'
import type { GuestLimit } from './guest-limit.js'
import { GuestPlaces } from './guest-places.js'
import { GuestRunner } from './guest-runner.js'
import type { SiteOptions } from './guest-site.js'
import { NestedHostLifetime } from './nested-host-lifetime.js'
import type { RunContext } from './run-scenario.js'

/** How guests are run on a machine. */
export interface MachineOptions extends Omit<SiteOptions, 'scenarios' | 'jobs' | 'jobsWhy'> {
  /** Ends what is under way. */
  readonly signal: AbortSignal
  readonly onNote: (text: string) => void
  readonly onSetup: OnProgress
}

/** What guests of one run have of their own. */
export interface GuestsOptions extends Pick<RunContext, 'run' | 'modules' | 'onStart' | 'signal'> {
  readonly limit: Pick<GuestLimit, 'alone'>
}

/** This machine, as guests are run on it in one way: its QEMU, its KVM, its nested host. Dispose of it to end that host. */
export class Machine implements AsyncDisposable {
  readonly places: GuestPlaces
  readonly target: MachineOptions & { readonly hostVendor: string | null }
  readonly #found: FoundQemu
  readonly #kvm: Kvm
  readonly #nested: NestedHostLifetime

  private constructor(options: MachineOptions, found: FoundQemu) {
    const { signal, onNote, onSetup } = options
    this.target = { ...options, hostVendor: hostVendor() }
    this.#found = found
    this.#kvm = new Kvm(found.qemu, options.accelerator, onNote, { signal })
    this.#nested = new NestedHostLifetime({ signal, onNote, onSetup })
    this.places = new GuestPlaces({
      kvm: this.#kvm,
      found,
      named: options.qemu !== undefined,
      target: this.target,
      signal,
      onProgress: onSetup,
    })
  }

  /**
   * Finds its QEMU.
   *
   * @throws EnvironmentError when there is none
   */
  static async open(options: MachineOptions): Promise<Machine> {
    const { qemu, signal, onSetup } = options
    return new Machine(options, await askedQemu(qemu, { signal, onProgress: onSetup }))
  }

  /**
   * Asks KVM where guests may be run under it.
   *
   * @throws EnvironmentError where it was asked for by name, and does not work
   */
  async check(): Promise<void> {
    await this.#kvm.check()
  }

  /** What `runScenario()` runs guests with. */
  async context({ limit, ...own }: GuestsOptions): Promise<RunContext> {
    const { accelerator, onNote, onSetup } = this.target
    const content = { init: guestInit }
    const initramfs = await buildInitramfs(content)
    return {
      ...own,
      accelerator,
      kvm: this.#kvm,
      executable: async ({ accelerator, qemu }, cpu) =>
        accelerator === 'nested'
          ? learnNestedExecutable(this.#nested)
          : learnExecutable(qemu, accelerator, cpu, own.signal),
      nested: this.#nested,
      places: this.places,
      content,
      initramfs,
      fingerprint: makeFingerprint(this.#found.qemu, initramfs.sha256),
      target: this.target,
      runner: new GuestRunner({
        starterFor: async ({ accelerator }) =>
          accelerator === 'nested' ? nestedGuests(await this.#nested.host()) : startLocalGuest,
        limit,
        signal: own.signal,
        onNote,
      }),
      onSetup,
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#nested[Symbol.asyncDispose]()
  }
}
