import pc from 'picocolors'
import type { SetupProgress } from '../../images/progress.js'
import { drawsOver, terminalWidth, wantsColour } from '../terminal/capabilities.js'
import type { ProgressStream } from '../terminal/standard-error.js'
import { describeSetup, setupLeftMs } from './setup-progress.js'

/** How far a run is. */
export interface Progress {
  /** What is being made ready; null where it is not waited for. */
  readonly setup: SetupProgress | null
  readonly total: number
  readonly done: number
  readonly failed: number
  /** The scenarios whose guests run now. */
  readonly running: readonly string[]
  /** How long the guests that are to come will take, in milliseconds. */
  readonly leftMs: number
  readonly elapsedMs: number
}

/**
 * Shows how far a run is: one line that is drawn over on a terminal, a plain line for each guest that starts
 * elsewhere.
 */
export class ProgressLine {
  readonly #stream: ProgressStream
  #drawn = false

  constructor(stream: ProgressStream) {
    this.#stream = stream
  }

  /** Whether the line is drawn over, so that the result's lines must go around it. */
  get live(): boolean {
    return drawsOver(this.#stream)
  }

  /** Draws a line over what was there; nothing where the stream is no terminal. */
  draw(text: string): void {
    if (!this.live) return
    const line = text.slice(0, terminalWidth(this.#stream) - 1)
    const { dim } = pc.createColors(wantsColour(this.#stream))
    this.#stream.write(`\r\u001b[K${dim(line)}`)
    this.#drawn = true
  }

  /** Removes the line, so that other text may be written. */
  clear(): void {
    if (this.#drawn) this.#stream.write('\r\u001b[K')
    this.#drawn = false
  }

  /** A line that stays. */
  note(text: string): void {
    this.clear()
    this.#stream.write(`${text}\n`)
  }
}

/** `3/22 done, 0 failed, 41 s left; running: xen-nopv vmware`; before and between guests, what is being made ready. */
export function formatProgress(progress: Progress): string {
  const { setup, total, done, failed, running, leftMs } = progress
  if (setup !== null) return `${describeSetup(setup)}, ${setupTime(setup, progress)}`
  // A reckoning that has come to nothing is not yet the end.
  const left = done === total ? '' : `, ${duration(Math.max(1000, leftMs))} left`
  const now = running.length === 0 ? '' : `; running: ${running.join(' ')}`
  return `${done}/${total} done, ${failed} failed${left}${now}`
}

/** The time to the end of the run, or where set-up has none that can be told, for how long it has been going on. */
function setupTime(setup: SetupProgress, { leftMs, elapsedMs }: Progress): string {
  const ownMs = setupLeftMs(setup, setup.kind === 'build' ? setup.elapsedMs : elapsedMs)
  return ownMs === null ? `for ${duration(elapsedMs)}` : `${duration(ownMs + leftMs)} left`
}

function duration(ms: number): string {
  const seconds = Math.ceil(ms / 1000)
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`
}
