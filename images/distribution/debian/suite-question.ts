import * as z from 'zod'
import { EnvironmentError } from '../../../runner/errors.js'
import { Memo, type Recalled } from '../../../runner/cache/memo.js'
import type { ResolveOptions } from '../../kernel/kernel.js'
import { SuiteApt } from './apt.js'

/** What is asked of a suite's package lists. */
export interface Question<T> {
  /** The folder of the answers under the cache's `memo/`. */
  readonly kind: string
  /** The form of an answer. */
  readonly answer: z.ZodType<T>
  /** What is asked for, as progress names it. */
  readonly what: string
  /** POSIX regular expressions for the names of the packages that are looked at. */
  readonly names: readonly string[]
  /** Finds the answer in what `apt-cache show` printed of them. */
  readonly find: (suite: string, lists: string) => T
}

/** What is known of several suites. */
export interface SuiteAnswers<T> {
  /** Null where the mirror has no such suite. Suites of which nothing is known are missing. */
  readonly answers: ReadonlyMap<string, T | null>
  /** The suites whose answers are new. */
  readonly asked: ReadonlySet<string>
  /** Why the mirror could not be asked. */
  readonly trouble?: EnvironmentError
}

const day = 24 * 3600 * 1000

/** A question to the mirror's suites. An answer serves for a day, and longer where the mirror is away. */
export class SuiteQuestion<T> {
  readonly #question: Question<T>
  readonly #memo: Memo<T | null>

  constructor(question: Question<T>) {
    this.#question = question
    this.#memo = new Memo(question.kind, question.answer.nullable(), day)
  }

  /**
   * Asks several suites. Where the mirror cannot be asked for one, it is not asked for the others either, older answers serve
   * on, and `onProgress` is told.
   */
  async askAll(suites: readonly string[], options: ResolveOptions = {}): Promise<SuiteAnswers<T>> {
    const answers = new Map<string, T | null>()
    const asked = new Set<string>()
    const older: Recalled<T | null>[] = []
    let trouble: EnvironmentError | undefined
    for (const suite of suites) {
      const known = this.#memo.get(suite)
      if (!known?.fresh && trouble === undefined) {
        try {
          answers.set(suite, await this.ask(suite, options))
          asked.add(suite)
          continue
        } catch (error) {
          if (!(error instanceof EnvironmentError)) throw error
          trouble = error
        }
      }
      if (known) answers.set(suite, known.value)
      if (known && !known.fresh) older.push(known)
    }
    if (trouble === undefined) return { answers, asked }
    const oldest = older.map(({ at }) => at.toISOString()).sort()[0]
    const rest = oldest ? `what was known on ${oldest}` : 'what is known of other suites'
    if (answers.size > 0)
      options.onProgress?.({ kind: 'note', text: `${trouble.message}. Going on with ${rest}` })
    return { answers, asked, trouble }
  }

  /**
   * Asks one suite, and remembers the answer.
   *
   * @returns null where the mirror has no such suite
   * @throws EnvironmentError when it cannot be asked
   */
  async ask(suite: string, { signal, onProgress }: ResolveOptions = {}): Promise<T | null> {
    const { what, names, find } = this.#question
    const before = this.#memo.get(suite)
    await using apt = await SuiteApt.open(suite, signal)
    const meanwhile = this.#memo.get(suite)
    // Another guise has asked while this one waited for its turn.
    if (meanwhile?.fresh && meanwhile.at.getTime() !== before?.at.getTime()) return meanwhile.value
    onProgress?.({ kind: 'note', text: `asking the mirror for the ${what} in Debian's ${suite}` })
    const answer = (await apt.update()) ? find(suite, await apt.show(names)) : null
    await this.#memo.set(suite, answer)
    return answer
  }
}
