import { EnvironmentError } from '../../errors.js'
import type { QemuExit } from '../qemu-process.js'
import { agentVersion, encodeFrame, type Frame, frameTypes } from './frame.js'
import { decodeExit } from './guest-exit.js'
import type { GuestListeners, NestedGuest } from './job.js'
import { deferred, type Waiter } from './waiter.js'

/** A guest that was started in a slot; see `NestedGuest`. The report comes without the zeros at its end. */
export type SlotGuest = Pick<NestedGuest, 'exited' | 'end' | 'report' | 'ask' | 'picture'>

interface RunningGuest {
  readonly listeners: GuestListeners
  readonly exit: Waiter<QemuExit>
  /** What QEMU has written. */
  stdout: string
  stderr: string
  /** As the agent sends it: without the zeros at its end. */
  report: Buffer
}

// Enough for any message; a QEMU that complains in a loop must not fill the memory.
const outputLimit = 32 * 1024

/**
 * guise's side of one slot: the conversation on one port. It does nothing by itself but ask and listen; whoever owns it
 * feeds it the frames that come, and fails it when the host is lost.
 */
export class Slot {
  readonly #send: (frame: Uint8Array) => void
  readonly #now: () => number
  readonly #hello = deferred<undefined>()
  readonly #stores: Waiter<undefined>[] = []
  readonly #reads: Waiter<Buffer>[] = []
  readonly #shows: Waiter<Buffer>[] = []
  #guest: RunningGuest | null = null
  #pingedAt: number | null = null
  #endedAt: number | null = null
  #lost: Error | null = null

  /**
   * @param send - sends a frame over the port
   * @param now - a clock in milliseconds
   */
  constructor(send: (frame: Uint8Array) => void, now: () => number) {
    this.#send = send
    this.#now = now
  }

  /** Resolves when the agent has said that it serves this slot. */
  get ready(): Promise<undefined> {
    return this.#hello.promise
  }

  /** Since when a heartbeat is unanswered, or null. */
  get unansweredSince(): number | null {
    return this.#pingedAt
  }

  /** Since when a guest is to be ended that is still there, or null. */
  get unendedSince(): number | null {
    return this.#endedAt
  }

  /** Asks the agent whether it is there, unless a question is open already. */
  ping(): void {
    if (this.#pingedAt !== null) return
    this.#pingedAt = this.#now()
    this.#send(encodeFrame(frameTypes.ping))
  }

  /**
   * Brings a file in; it can then be found as {@link pathInside}.
   *
   * @throws EnvironmentError where the agent cannot keep it
   */
  async store(sha256: string, content: Uint8Array): Promise<void> {
    const answer = this.#waiter(this.#stores)
    this.#send(encodeFrame(frameTypes.file, Buffer.from(sha256, 'latin1'), content))
    await answer
  }

  /**
   * Starts a guest in this slot, in which none runs.
   *
   * @param start - a start frame
   * @throws NestedHostLostError where the host is lost
   */
  run(start: Uint8Array, listeners: GuestListeners): SlotGuest {
    if (this.#lost) throw this.#lost
    const exit = deferred<QemuExit>()
    const guest = { listeners, exit, stdout: '', stderr: '', report: Buffer.alloc(0) }
    this.#guest = guest
    this.#send(start)
    return {
      exited: exit.promise,
      // The slot may be another guest's by now.
      end: () => {
        if (this.#guest !== guest) return
        this.#endedAt ??= this.#now()
        this.#send(encodeFrame(frameTypes.end))
      },
      report: () => {
        if (this.#guest === guest) return this.#asked(this.#reads, frameTypes.look)
        return exit.promise.then(() => guest.report)
      },
      ask: text => {
        if (this.#guest === guest) this.#send(encodeFrame(frameTypes.ask, Buffer.from(text)))
      },
      picture: () => {
        if (this.#guest === guest) return this.#asked(this.#shows, frameTypes.show)
        return Promise.resolve(Buffer.alloc(0))
      },
    }
  }

  /** The host is lost: all that is waited for is rejected. */
  fail(error: Error): void {
    this.#lost ??= error
    const open = [this.#stores.splice(0), this.#reads.splice(0), this.#shows.splice(0)]
    const waiters = [this.#hello, ...open.flat(), this.#guest?.exit]
    this.#guest = null
    for (const waiter of waiters) waiter?.reject(this.#lost)
  }

  /** @throws RangeError for what no agent of this version says */
  handleFrame({ type, payload }: Frame): void {
    const guest = this.#guest
    switch (type) {
      case frameTypes.hello:
        if (payload.readUInt32LE(0) !== agentVersion) {
          throw new RangeError(`an agent of version ${payload.readUInt32LE(0)}`)
        }
        this.#hello.resolve(undefined)
        break
      case frameTypes.pong:
        this.#pingedAt = null
        break
      case frameTypes.stored:
        this.#stores.shift()?.resolve(undefined)
        break
      case frameTypes.refused:
        this.#stores.shift()?.reject(cannotKeep(payload.toString()))
        break
      case frameTypes.console:
        guest?.listeners.onConsole(payload)
        break
      case frameTypes.stderr:
        if (guest) guest.stderr = withinLimit(guest.stderr + payload.toString())
        guest?.listeners.onStderr?.(payload.toString())
        break
      case frameTypes.stdout:
        if (guest) guest.stdout = withinLimit(guest.stdout + payload.toString())
        break
      case frameTypes.answer:
        guest?.listeners.onAnswer?.(payload.toString())
        break
      case frameTypes.picture:
        this.#shows.shift()?.resolve(payload)
        break
      case frameTypes.report:
        if (guest) guest.report = payload
        this.#answerReads(payload)
        break
      case frameTypes.exit:
        this.#guest = null
        this.#endedAt = null
        this.#answerReads(guest?.report ?? Buffer.alloc(0))
        guest?.exit.resolve(decodeExit(payload, guest))
        break
      default:
        throw new RangeError(`a frame of type ${type}`)
    }
  }

  #asked(queue: Waiter<Buffer>[], type: number): Promise<Buffer> {
    const answer = this.#waiter(queue)
    this.#send(encodeFrame(type))
    return answer
  }

  #answerReads(report: Buffer): void {
    for (const waiter of this.#reads.splice(0)) waiter.resolve(report)
  }

  #waiter<T>(queue: Waiter<T>[]): Promise<T> {
    if (this.#lost) return Promise.reject(this.#lost)
    return new Promise((resolve, reject) => queue.push({ resolve, reject }))
  }
}

function cannotKeep(why: string): EnvironmentError {
  const what = 'the nested host cannot keep a file of this guest'
  return new EnvironmentError(`${what}: ${why}. Give it more memory`)
}

function withinLimit(text: string): string {
  return text.slice(-outputLimit)
}
