import { execa } from 'execa'

/** How a QEMU process ended. */
export interface QemuExit {
  /** The exit status, or null where a signal or a failure to start ended it. */
  readonly code: number | null
  readonly signal: string | null
  /** Why it could not be started at all, or null. */
  readonly failedToStart: string | null
  /** The beginning and the end of what it wrote to stderr. */
  readonly stderr: string
}

/** A QEMU of ours that runs. */
export interface QemuProcess {
  /** Resolves when the process is gone; never rejects. */
  readonly exited: Promise<QemuExit>
  /** Ends the process: SIGTERM, and SIGKILL where that does not help in {@link graceMs}. */
  end(): void
}

/** How long QEMU has to end by itself after SIGTERM, in milliseconds. */
export const graceMs = 3000

// Enough for any message; a QEMU that complains in a loop must not fill the memory.
const stderrLimit = 32 * 1024

/**
 * Starts a guest's command. The process is killed by the kernel when guise dies, even by SIGKILL
 * (prctl(2), PR_SET_PDEATHSIG; execa's own cleanup can't see to that).
 *
 * @param onStderr - told what QEMU writes to stderr, as it comes
 */
export function startQemu(
  command: readonly string[],
  onStderr: (text: string) => void = () => undefined,
): QemuProcess {
  const stderr = new CappedText(stderrLimit)
  const subprocess = execa('setpriv', ['--pdeathsig', 'KILL', ...command], {
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'pipe',
    buffer: false,
    reject: false,
    forceKillAfterDelay: graceMs,
    // Ctrl-C is for guise: it ends its guests itself.
    detached: true,
  })
  subprocess.stderr.on('data', (bytes: Buffer) => {
    stderr.add(bytes)
    onStderr(bytes.toString())
  })
  return {
    exited: subprocess.then(result => ({
      code: result.exitCode ?? null,
      signal: result.signal ?? null,
      failedToStart: result.code === undefined ? null : (result.originalMessage ?? result.code),
      stderr: stderr.toString(),
    })),
    end() {
      subprocess.kill('SIGTERM')
    },
  }
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
