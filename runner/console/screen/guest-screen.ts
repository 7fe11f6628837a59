import * as z from 'zod'
import { Qmp, type QmpLine } from '../look/qmp.js'
import { soon } from '../look/soon.js'
import { parsePpm, type Picture } from './picture.js'

/** What a guest shows, and its machine, which is kept for that when the guest has ended it. */
export interface GuestScreen {
  /** Resolves when the guest has ended its machine; not where QEMU does not say so. */
  readonly over: Promise<void>
  /**
   * Takes a picture.
   *
   * @throws Error where QEMU does not give one
   */
  readonly take: () => Promise<Picture>
  /** Ends QEMU, as the guest's end would have. */
  readonly quit: () => void
}

// A guest that floods QEMU's main loop may keep its monitor from answering.
const patienceMs = 15_000

// A QEMU may be long in starting where its machine is busy; whoever takes a picture does not wait for that.
const startMs = 600_000

/** Where QEMU writes a picture, and who reads it. */
export interface PictureFile {
  /** As QEMU knows it. */
  readonly path: string
  /** Rejects where there is none, or where it is too large. */
  readonly read: () => Promise<Buffer>
}

/** The screen of a guest whose QEMU has a monitor. */
export class QmpScreen implements GuestScreen {
  readonly over: Promise<void>
  readonly #qmp: Qmp
  readonly #device: string
  readonly #file: PictureFile
  readonly #patience: number
  readonly #ready: Promise<void>
  #begin: () => void = () => undefined
  #fail: (why: Error) => void = () => undefined
  #ended: () => void = () => undefined

  /**
   * @param device - what QEMU knows the device by that shows it
   * @param patience - how long each answer of QEMU's may take, in milliseconds
   */
  constructor(line: QmpLine, device: string, file: PictureFile, patience = patienceMs) {
    this.#device = device
    this.#file = file
    this.#patience = patience
    this.over = new Promise(resolve => {
      this.#ended = resolve
    })
    const connected = new Promise<void>((resolve, reject) => {
      this.#begin = resolve
      this.#fail = reject
    })
    this.#qmp = new Qmp(line, patience, event => {
      if (event === 'SHUTDOWN') this.#ended()
    })
    this.#ready = connected.then(() => this.#greet())
    // Whoever takes a picture hears of it.
    this.#ready.catch(() => undefined)
  }

  /** QEMU can be spoken to from now on. */
  begin(): void {
    this.#begin()
  }

  /** Takes what came from the monitor. */
  hear(text: string): void {
    this.#qmp.take(text)
  }

  /** The monitor is gone. */
  lose(why: Error): void {
    this.#fail(why)
    this.#qmp.fail(why)
  }

  readonly take = async (): Promise<Picture> => {
    await soon(this.#ready, this.#patience)
    // PPM, which QEMU writes in every version; PNG only since 7.1, and only where it was built with that.
    await this.#qmp.execute('screendump', { filename: this.#file.path, device: this.#device })
    return parsePpm(await soon(this.#file.read(), this.#patience))
  }

  readonly quit = (): void => {
    // QEMU may be gone before it has answered.
    this.#qmp.execute('quit').catch(() => undefined)
  }

  async #greet(): Promise<void> {
    await this.#qmp.execute('qmp_capabilities', {}, startMs)
    // What happened before that was told to nobody.
    const { status } = statusSchema.parse(await this.#qmp.execute('query-status'))
    if (status === 'shutdown') this.#ended()
  }
}

const statusSchema = z.looseObject({ status: z.string() })
