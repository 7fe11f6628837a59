import { buildInitramfs, type InitramfsContent } from '../../images/initramfs.js'
import type { Kernel } from '../../images/kernel/kernel.js'
import type { OnProgress } from '../../images/progress.js'
import type { Scenario } from '../scenario/scenario.js'
import { learnExecutable } from '../launch/executable.js'
import { hostVendor } from '../launch/host-vendor.js'
import { Kvm } from '../launch/kvm.js'
import { refuseHostFiles } from '../launch/refuse-host-files.js'
import { askedQemu } from './find-qemu.js'
import { type GuestPlace, GuestPlaces } from './guest-places.js'
import type { FullRunOptions } from './options.js'
import { type GuestMeans, type PreparedGuest, prepareGuest } from './prepare-guest.js'
import { refuseCpus } from './refuse-cpus.js'

/** What guests are prepared by that are no part of a run: their commands are printed, or somebody sits at one. */
export interface LocalGuestsOptions {
  readonly run: FullRunOptions
  /** What the initramfs of each has; asked for once, when the first is prepared. */
  readonly content: () => Promise<InitramfsContent>
  readonly onNote: (text: string) => void
  readonly onSetup: OnProgress
}

/** Guests of this machine, each to be started by itself. */
export class LocalGuests {
  readonly #options: LocalGuestsOptions
  readonly #places: GuestPlaces
  readonly #means: Omit<GuestMeans, 'content' | 'initramfs'>
  #images: Promise<Pick<GuestMeans, 'content' | 'initramfs'>> | undefined

  private constructor(
    options: LocalGuestsOptions,
    places: GuestPlaces,
    means: Omit<GuestMeans, 'content' | 'initramfs'>,
  ) {
    this.#options = options
    this.#places = places
    this.#means = means
  }

  /**
   * Finds what guests are prepared with.
   *
   * @throws InputError where a scenario names files of this machine, and may not
   * @throws EnvironmentError where there is no QEMU
   */
  static async open(options: LocalGuestsOptions): Promise<LocalGuests> {
    const { run, onNote, onSetup } = options
    const { scenarios, signal } = run
    if (run.allowHostFiles !== true) await refuseHostFiles(scenarios)
    const found = await askedQemu(run.qemu, { signal, onProgress: onSetup })
    const kvm = new Kvm(found.qemu, run.accelerator, onNote, { signal })
    const target = { ...run, hostVendor: hostVendor() }
    const named = run.qemu !== undefined
    const places = new GuestPlaces({ kvm, found, named, target, signal, onProgress: onSetup })
    return new LocalGuests(options, places, {
      kvm,
      // A guest of the nested host is none of these.
      executable: async ({ accelerator, qemu }, cpu) =>
        accelerator === 'nested' ? 'unasked' : learnExecutable(qemu, accelerator, cpu, signal),
      modules: [...new Set(scenarios.flatMap(({ kernel }) => kernel.modules))],
      target,
      signal,
      onSetup,
    })
  }

  /**
   * Where the guest of a scenario on a kernel would be.
   *
   * @throws InputError where QEMU does not know the CPU that it asks for
   * @throws EnvironmentError when the machine lacks what was asked for by name
   */
  async place(scenario: Scenario, kernel: Kernel): Promise<GuestPlace> {
    const place = await this.#places.of(scenario, kernel)
    const target = { ...this.#means.target, kernel }
    await refuseCpus([{ scenario, place, target }], this.#options.run.signal)
    return place
  }

  /**
   * Plans the guest in its place and has its images made.
   *
   * @throws EnvironmentError if an image can't be made
   */
  async prepare(scenario: Scenario, kernel: Kernel, place: GuestPlace): Promise<PreparedGuest> {
    const nested = place.accelerator === 'nested' ? await madeNestedHost() : null
    const qemuVersion = nested?.qemuVersion ?? place.qemu.version
    this.#images ??= this.#makeImages()
    const means = { ...this.#means, ...(await this.#images) }
    return prepareGuest(scenario, kernel, { ...place, qemuVersion }, means)
  }

  async #makeImages(): Promise<Pick<GuestMeans, 'content' | 'initramfs'>> {
    const content = await this.#options.content()
    return { content, initramfs: await buildInitramfs(content) }
  }
}

/** The nested host, if it is made; what looks for it is loaded only where a guest needs it. */
async function madeNestedHost() {
  const { recallNestedHost } = await import('../../images/nested/build.js')
  return recallNestedHost()
}
