import type { NestedHostImage } from '../../../images/nested/build.js'
import { EnvironmentError } from '../../errors.js'
import { FileDigests, readGuestFile } from './file-digests.js'
import { Company } from './company.js'
import { filesInside, filesOf } from './inside.js'
import type { NestedGuest, NestedJob } from './job.js'
import { NestedHostLostError } from './lost.js'
import { Machine, type MachineOptions } from './machine.js'
import type { Slot } from './slot.js'
import { encodeStart } from './start-frame.js'

/** How a nested host is started. */
export interface NestedHostOptions extends Partial<MachineOptions> {
  /** Ends the start; a host that is up is ended by its `close()`. */
  readonly signal?: AbortSignal
  /** Told why a start came to nothing that is tried again. */
  readonly onRestart?: (why: string) => void
  /** Told why the host was lost, once; not told of its `close()`. */
  readonly onDeath?: (why: string) => void
}

/**
 * Two CPUs for guests and two guests at a time, which is what two cores can carry. The memory is for two guests of half a gigabyte,
 * their kernels, and the host itself; it is taken only as it is used.
 */
const defaults = { slots: 2, cpus: 2, memory: 1536 }

/** How often a host is started before it is given up, if what ends it on the way up comes from outside. */
const mostStarts = 3

/**
 * Starts a nested host: real KVM on a machine that has none, in one QEMU process that runs until `close()`, and dies with
 * guise.
 *
 * @throws EnvironmentError when it does not come up, with the end of its console
 */
export async function startNestedHost(
  image: NestedHostImage,
  { signal, onRestart, onDeath, ...options }: NestedHostOptions = {},
): Promise<NestedHost> {
  for (let start = 1; ; start++) {
    signal?.throwIfAborted()
    try {
      const machine = await Machine.start(image, { ...defaults, ...options }, signal)
      machine.onLost = error => onDeath?.(error.message)
      return new NestedHost(machine)
    } catch (error) {
      if (!(error instanceof NestedHostLostError)) throw error
      if (!error.byChance || start === mostStarts) {
        throw new EnvironmentError(`the nested host did not come up: ${error.message}`, {
          cause: error,
        })
      }
      onRestart?.(error.message)
    }
  }
}

/** A nested host that is up; made by {@link startNestedHost}. */
export class NestedHost {
  readonly #machine: Machine
  readonly #free: Slot[]
  readonly #waiting: ((slot: Slot) => void)[] = []
  readonly #digests = new FileDigests()
  readonly #company = new Company()
  /** What was brought in, by SHA-256. */
  readonly #stored = new Map<string, Promise<void>>()

  constructor(machine: Machine) {
    this.#machine = machine
    this.#free = [...machine.slots]
  }

  /** Whether it can run guests; a host that was lost never can again. */
  get alive(): boolean {
    return this.#machine.alive
  }

  /** The process id of the QEMU that all its guests run in. */
  get pid(): number | undefined {
    return this.#machine.pid
  }

  /**
   * Starts a guest, as soon as a slot is free and its files are in.
   *
   * @throws NestedHostLostError where the host is lost before the guest was started
   * @throws EnvironmentError where a file cannot be read, or the host has no room for it
   * @throws InputError where the command is longer than the agent takes
   */
  async run(job: NestedJob): Promise<NestedGuest> {
    const slot = await this.#takeSlot()
    try {
      const { command, start } = await this.#prepare(slot, job)
      const guest = slot.run(start, job)
      const stay = this.#company.enter()
      void guest.exited
        .catch(() => undefined)
        .then(() => {
          stay.leave()
          this.#release(slot)
        })
      return {
        command,
        exited: guest.exited,
        end: guest.end,
        ask: guest.ask,
        picture: guest.picture,
        report: async () => Buffer.concat([await guest.report()], job.report.size),
        hadCompany: () => stay.hadCompany,
      }
    } catch (error) {
      this.#release(slot)
      throw error
    }
  }

  /** Ends the host, and every guest in it. When this returns nothing of it is left. */
  close(): Promise<void> {
    return this.#machine.close()
  }

  async #prepare(slot: Slot, job: NestedJob) {
    const digests = new Map<string, string>()
    for (const path of filesOf(job)) {
      const sha256 = await this.#digests.digest(path)
      digests.set(path, sha256)
      await this.#upload(slot, path, sha256)
    }
    const command = job.command(filesInside(job, digests))
    const { size, request } = job.report
    return { command, start: encodeStart({ command, reportSize: size, request }) }
  }

  /** Two guests that want the same file at the same time wait for the same transfer. */
  #upload(slot: Slot, path: string, sha256: string): Promise<void> {
    const before = this.#stored.get(sha256)
    if (before) return before
    const transfer = readGuestFile(path).then(content => slot.store(sha256, content))
    this.#stored.set(sha256, transfer)
    transfer.catch(() => this.#stored.delete(sha256))
    return transfer
  }

  #takeSlot(): Promise<Slot> {
    const slot = this.#free.pop()
    if (slot) return Promise.resolve(slot)
    return new Promise(resolve => this.#waiting.push(resolve))
  }

  // Where the host is lost, those who wait get a slot one after the other, and hear of it there.
  #release(slot: Slot): void {
    const next = this.#waiting.shift()
    if (next) next(slot)
    else this.#free.push(slot)
  }
}
