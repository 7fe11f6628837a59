import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { execa } from 'execa'
import { EnvironmentError } from '../errors.js'
import { howToBuild } from '../installation.js'
import { confineProgram } from '../paths.js'
import { qemuEnvironment } from './qemu-environment.js'

/** How a QEMU process ended. */
export interface QemuExit {
  /** The exit status, or null where a signal or a failure to start ended it. */
  readonly code: number | null
  readonly signal: string | null
  /** Why it could not be started at all, or null. */
  readonly failedToStart: string | null
  /** The beginning and the end of what it wrote to stderr. */
  readonly stderr: string
  /** The same of stdout, where a QEMU that runs a guest writes nothing. */
  readonly stdout: string
}

/** A QEMU of ours that runs. */
export interface QemuProcess {
  /** Its process id; undefined where it could not be started. */
  readonly pid: number | undefined
  /** Resolves when the process is gone, and what it started with it; never rejects. */
  readonly exited: Promise<QemuExit>
  /** Ends the process and what it started: SIGTERM, and SIGKILL where that does not help in {@link graceMs}. */
  end(): void
}

/** What a QEMU is started with beside its command. */
export interface QemuStart {
  /** Told what it writes to stderr, as it comes. */
  readonly onStderr?: ((text: string) => void) | undefined
  /** A descriptor that it inherits as {@link inheritedFolder}. */
  readonly folder?: number
  /** Its working folder; guise's own without it. */
  readonly cwd?: string | undefined
  /** The most memory of its own that it may have, see {@link mostMemory}; without it there is no limit. */
  readonly megabytes?: number
}

/**
 * The most memory of its own that the QEMU of a machine may have, in MB: the guest's, 1 GB for the code that TCG makes of it (QEMU
 * tcg/region.c), 16 MB for each CPU's thread, and 3 GB to spare: QEMU 7.2 has 1.5 GB in all with 256 MB and 16 CPUs. What a guest has it
 * take above that QEMU is not given, and ends.
 *
 * @param machine - its memory, in MB, and its CPUs
 */
export function mostMemory({
  memory,
  cpus,
}: {
  readonly memory: number
  readonly cpus: number
}): number {
  return memory + 4096 + 16 * cpus
}

/** How a QEMU ended, and what it wrote to stderr. */
export function describeExit({ code, signal, failedToStart, stderr }: QemuExit): string {
  const how = failedToStart ?? (signal === null ? `status ${code}` : signal)
  return stderr.trim() === '' ? how : `${how}, ${stderr.trim()}`
}

/**
 * A folder that a QEMU is given as a descriptor, as its path. By guise's own /proc/PID/fd it would not reach it from a user name space
 * of its own: ptrace(2), "Ptrace access mode checking".
 */
export const inheritedFolder = '/proc/self/fd/3'

/** How long QEMU has to end by itself after SIGTERM, in milliseconds. */
export const graceMs = 3000

/**
 * How long the pipes of a QEMU that is gone may stay open, in milliseconds: what it wrote is in them by then, and whoever holds them
 * open is no QEMU, but something that a script started beside it.
 */
const drainMs = 1000

// Enough for any message; a QEMU that complains in a loop must not fill the memory.
const outputLimit = 32 * 1024

/**
 * Starts a guest's command, in a session of its own (Ctrl-C is for guise, which ends its guests itself), with an empty network of
 * its own where the machine allows that, and with what it needs of the environment. The process is killed by the kernel when guise
 * dies, even by SIGKILL: runner/native/confine.c sees to that, as execa's own cleanup can't.
 *
 * @throws EnvironmentError where guise is not built
 */
export function startQemu(
  command: readonly string[],
  { onStderr = () => undefined, folder, cwd, megabytes = 0 }: QemuStart = {},
): QemuProcess {
  const stderr = new CappedText(outputLimit)
  const stdout = new CappedText(outputLimit)
  if (!existsSync(confineProgram)) {
    throw new EnvironmentError(
      `${confineProgram}: expected the program that starts QEMU; ${howToBuild()}`,
    )
  }
  const subprocess = execa(confineProgram, [String(process.pid), String(megabytes), ...command], {
    env: qemuEnvironment(process.env),
    extendEnv: false,
    ...(cwd === undefined ? {} : { cwd }),
    // Any descriptor will do; execa's types stop at 9.
    stdio: ['ignore', 'pipe', 'pipe', ...(folder === undefined ? [] : [folder as 9])],
    buffer: false,
    reject: false,
    detached: true,
  })
  subprocess.stderr.on('data', (bytes: Buffer) => {
    stderr.add(bytes)
    onStderr(bytes.toString())
  })
  subprocess.stdout.on('data', (bytes: Buffer) => {
    stdout.add(bytes)
  })
  const { pid } = subprocess
  let over = false
  // What a script started is in its process group, and ends with it.
  const signalGroup = (signal: NodeJS.Signals) => {
    if (pid !== undefined && !over) killGroup(pid, signal)
  }
  let killTimer: NodeJS.Timeout | undefined
  // Not execa's result alone: that comes when the pipes are closed, and a child of QEMU's may hold them for ever.
  const gone = new Promise<Pick<QemuExit, 'code' | 'signal' | 'failedToStart'>>(resolve => {
    subprocess.once('exit', (code, signal) => {
      resolve({ code, signal, failedToStart: null })
    })
    void subprocess.then(({ exitCode = null, signal = null, code, originalMessage }) => {
      resolve({ code: exitCode, signal, failedToStart: originalMessage ?? code ?? null })
    })
  })
  const closed = once(subprocess, 'close').catch(() => undefined)
  const exited = gone.then(async how => {
    clearTimeout(killTimer)
    signalGroup('SIGTERM')
    await Promise.race([closed, subprocess, elapsed(drainMs)])
    signalGroup('SIGKILL')
    over = true
    subprocess.stderr.destroy()
    subprocess.stdout.destroy()
    return { ...how, stderr: stderr.toString(), stdout: stdout.toString() }
  })
  return {
    pid,
    exited,
    end() {
      if (over) return
      signalGroup('SIGTERM')
      // One that somebody has stopped would hear of it no sooner than that it is killed.
      signalGroup('SIGCONT')
      killTimer ??= setTimeout(() => {
        signalGroup('SIGKILL')
      }, graceMs)
    },
  }
}

function killGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal)
  } catch {
    // Nobody of it is left.
  }
}

function elapsed(ms: number): Promise<void> {
  return new Promise(resolve => {
    setTimeout(resolve, ms).unref()
  })
}

/** Keeps the first and the last half of a limit of bytes. */
class CappedText {
  readonly #half: number
  #first = Buffer.alloc(0)
  #last = Buffer.alloc(0)
  #left = 0

  constructor(limit: number) {
    this.#half = limit / 2
  }

  add(bytes: Buffer): void {
    const taken = bytes.subarray(0, this.#half - this.#first.length)
    this.#first = Buffer.concat([this.#first, taken])
    const rest = Buffer.concat([this.#last, bytes.subarray(taken.length)])
    this.#last = rest.subarray(-this.#half)
    this.#left += rest.length - this.#last.length
  }

  toString(): string {
    const gap = this.#left > 0 ? `\n… ${this.#left} bytes left out …\n` : ''
    return `${this.#first.toString()}${gap}${this.#last.toString()}`
  }
}
