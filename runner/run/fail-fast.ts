import type { GuiseRecord } from '../record/schema.js'
import { isTrouble } from '../report/summary.js'
import { counted } from '../terminal/counted.js'

/** Whether a run goes on: with `--fail-fast` no guest is started after the first failure or error. */
export class FailFast {
  readonly #asked: boolean
  readonly #onNote: (text: string) => void
  #toCome: number
  #failed = false

  /**
   * @param asked - without it nothing stops the run
   * @param total - how many guests it has
   * @param onNote - told once how many are left out, and for which guest
   */
  constructor(asked: boolean, total: number, onNote: (text: string) => void) {
    this.#asked = asked
    this.#toCome = total
    this.#onNote = onNote
  }

  /** Asked before a guest is started: whether it may be. */
  mayStart(): boolean {
    if (this.#failed) return false
    this.#toCome -= 1
    return true
  }

  /** Whether guests are started still. */
  get goesOn(): boolean {
    return !this.#failed
  }

  /** Told what came of a guest. */
  ended({ scenario, verdict }: Pick<GuiseRecord, 'scenario' | 'verdict'>): void {
    if (!this.#asked || this.#failed || !isTrouble({ verdict })) return
    this.#failed = true
    if (this.#toCome === 0) return
    const left = counted(this.#toCome, 'guest')
    this.#onNote(`${scenario}: ${verdict}; ${left} not started, for --fail-fast`)
  }
}
