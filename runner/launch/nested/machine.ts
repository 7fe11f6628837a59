import { closeSync, constants, openSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { NestedHostImage } from '../../../images/nested/build.js'
import { overrideObject } from '../../paths.js'
import { type TemporaryFolder, temporaryFolder } from '../../temporary-folder.js'
import {
  describeExit,
  inheritedFolder,
  mostMemory,
  type QemuProcess,
  startQemu,
} from '../qemu-process.js'
import { commandWords } from '../qemu-command.js'
import { hostTscKhz } from '../host-tsc.js'
import { givesUpRights } from '../gives-up-rights.js'
import { kernelHasSeccomp, rightsArguments } from '../sandbox.js'
import { consoleExcerpt } from './console-excerpt.js'
import { hostCommand, type HostSize, hostTable } from './host-arguments.js'
import { NestedHostLostError } from './lost.js'
import { openPort, type Port } from './port.js'
import { Slot } from './slot.js'
import { watchForStop, watchPulse } from './watch.js'

/** What a nested host's machine is made of. */
export interface MachineOptions extends HostSize {
  /** How many guests it runs at a time. */
  readonly slots: number
}

/** How long a host may take until its agent speaks, in milliseconds; 4 s on an idle machine. */
const startDeadlineMs = 120_000

/**
 * The emulated machine that a nested host runs in: its QEMU, the ports to its agent, and the watch over both. Once it is
 * lost it stays lost; its slots then reject all that is asked of them.
 */
export class Machine {
  readonly slots: Slot[] = []
  readonly #folder: TemporaryFolder
  /** Holds the folder open: by it the sockets have a path short enough for unix(7), wherever the folder lies. */
  readonly #folderHandle: number
  readonly #ports: Port[] = []
  #qemu: QemuProcess | null = null
  #watch: NodeJS.Timeout | undefined
  #lost: NestedHostLostError | null = null
  #closed: Promise<void> | null = null
  #onLost: (error: NestedHostLostError) => void = () => undefined

  private constructor(folder: TemporaryFolder) {
    this.#folder = folder
    this.#folderHandle = openSync(folder.path, constants.O_RDONLY | constants.O_DIRECTORY)
  }

  /**
   * Starts a machine and waits until its agent serves every slot.
   *
   * @throws NestedHostLostError when it does not come up, with what its console says of that
   */
  static async start(
    image: NestedHostImage,
    options: MachineOptions,
    signal?: AbortSignal,
  ): Promise<Machine> {
    const machine = new Machine(await temporaryFolder('nested'))
    const stop = () => {
      machine.#lose('it was interrupted')
    }
    signal?.addEventListener('abort', stop)
    try {
      signal?.throwIfAborted()
      await machine.#boot(image, options)
      signal?.throwIfAborted()
      return machine
    } catch (error) {
      await machine.close()
      signal?.throwIfAborted()
      throw error
    } finally {
      signal?.removeEventListener('abort', stop)
    }
  }

  /** Whether it can run guests. */
  get alive(): boolean {
    return this.#lost === null && this.#closed === null
  }

  /** The process id of its QEMU; undefined where that is not up. */
  get pid(): number | undefined {
    return this.#qemu?.pid
  }

  /** To be told, once, that it is lost; not told of {@link close}. */
  set onLost(listener: (error: NestedHostLostError) => void) {
    this.#onLost = listener
  }

  /** Ends it, whatever runs in it. When this returns its process is gone, and its files are. */
  close(): Promise<void> {
    this.#closed ??= this.#dispose()
    return this.#closed
  }

  async #boot(image: NestedHostImage, options: MachineOptions): Promise<void> {
    const sockets: string[] = []
    for (let index = 0; index < options.slots; index++) {
      sockets.push(`${inheritedFolder}/slot-${index}`)
      await this.#openSlot(`/proc/self/fd/${this.#folderHandle}/slot-${index}`)
    }
    const table = join(this.#folder.path, 'cpuid')
    await writeFile(table, hostTable)
    const override = { object: overrideObject, table }
    const sandbox = kernelHasSeccomp()
    const tscKhz = await hostTscKhz()
    const rights = (await givesUpRights()) ? rightsArguments(image.qemuVersion) : []
    const console = this.#console
    const files = { image, sandbox, rights, console, ports: sockets, tscKhz, override }
    // An interrupt may have come in the meantime.
    if (this.#lost) throw this.#lost
    this.#qemu = startQemu(commandWords(hostCommand(files, options)), {
      folder: this.#folderHandle,
      megabytes: mostMemory(options),
    })
    void this.#qemu.exited.then(async exit => {
      const byChance = exit.signal !== null || exit.code === 0
      this.#lose(`its QEMU ended: ${describeExit(exit)}\n${await this.#consoleExcerpt()}`, {
        byChance,
      })
    })
    const deadline = setTimeout(() => {
      this.#lose(`its agent said nothing for ${startDeadlineMs / 1000} s`)
    }, startDeadlineMs)
    this.#watch = watchForStop(
      () => this.pid,
      () => {
        this.#lose('its QEMU was stopped by somebody', { byChance: true })
      },
    )
    try {
      await Promise.all(this.slots.map(slot => slot.ready))
    } finally {
      clearTimeout(deadline)
      clearInterval(this.#watch)
    }
    this.#watch = watchPulse(this.slots, ({ what, ms }) => {
      clearInterval(this.#watch)
      void this.#consoleExcerpt().then(console => {
        this.#lose(`its agent did not ${what} for ${Math.round(ms / 1000)} s\n${console}`)
      })
    })
  }

  async #openSlot(path: string): Promise<void> {
    const now = () => performance.now()
    const slot = new Slot(frame => {
      port.send(frame)
    }, now)
    const port: Port = await openPort(
      path,
      frame => {
        slot.handleFrame(frame)
      },
      why => {
        this.#lose(`its agent sent what guise does not understand: ${why}`)
      },
    )
    this.slots.push(slot)
    this.#ports.push(port)
  }

  #lose(why: string, options?: { byChance?: boolean }): void {
    if (this.#lost || this.#closed) return
    this.#lost = new NestedHostLostError(why, options)
    clearInterval(this.#watch)
    for (const slot of this.slots) slot.fail(this.#lost)
    this.#qemu?.end()
    this.#onLost(this.#lost)
  }

  async #dispose(): Promise<void> {
    clearInterval(this.#watch)
    const closed = new NestedHostLostError('it was closed')
    for (const slot of this.slots) slot.fail(this.#lost ?? closed)
    this.#qemu?.end()
    await this.#qemu?.exited
    await Promise.all(this.#ports.map(port => port[Symbol.asyncDispose]()))
    closeSync(this.#folderHandle)
    await this.#folder[Symbol.asyncDispose]()
  }

  get #console(): string {
    return join(this.#folder.path, 'console')
  }

  async #consoleExcerpt(): Promise<string> {
    const text = await readFile(this.#console, 'latin1').catch(() => '')
    return `its console: ${consoleExcerpt(text) || '(nothing)'}`
  }
}
