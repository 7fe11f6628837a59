import * as z from 'zod'
import { EnvironmentError } from '../../../runner/errors.js'
import { Memo, type Recalled } from '../../../runner/cache/memo.js'
import type { ResolveOptions } from '../../kernel/kernel.js'
import { SuiteApt } from './apt.js'
import { kernelPackagePatterns, listKernels, type DebianKernel } from './packages.js'

/** The kernels of one suite; null where the mirror has no such suite. */
export type SuiteAnswer = readonly DebianKernel[] | null

/** What is known of several suites. */
export interface SuiteAnswers {
  /** Suites of which nothing is known are missing. */
  readonly answers: ReadonlyMap<string, SuiteAnswer>
  /** The suites whose answers are new. */
  readonly asked: ReadonlySet<string>
  /** Why the mirror could not be asked. */
  readonly trouble?: EnvironmentError
}

const kernelSchema = z.object({
  suite: z.string(),
  release: z.string(),
  flavour: z.string(),
  upstream: z.string(),
  version: z.string(),
  native: z.boolean(),
  packages: z.array(z.string()).readonly(),
})

const day = 24 * 3600 * 1000
const suiteMemo = new Memo('suite-kernels', z.array(kernelSchema).readonly().nullable(), day)

/**
 * Finds the kernels of Debian's suites. An answer of the mirror serves for a day. Where the mirror cannot be asked then, it
 * is not asked for the other suites either, older answers serve on, and `onProgress` is told.
 */
export async function kernelsOfSuites(
  suites: readonly string[],
  options: ResolveOptions = {},
): Promise<SuiteAnswers> {
  const answers = new Map<string, SuiteAnswer>()
  const asked = new Set<string>()
  const older: Recalled<SuiteAnswer>[] = []
  let trouble: EnvironmentError | undefined
  for (const suite of suites) {
    const recalled = suiteMemo.get(suite)
    if (!recalled?.fresh && trouble === undefined) {
      try {
        answers.set(suite, await askMirror(suite, options))
        asked.add(suite)
        continue
      } catch (error) {
        if (!(error instanceof EnvironmentError)) throw error
        trouble = error
      }
    }
    if (recalled) answers.set(suite, recalled.value)
    if (recalled && !recalled.fresh) older.push(recalled)
  }
  if (trouble === undefined) return { answers, asked }
  const oldest = older.map(({ at }) => at.toISOString()).sort()[0]
  const rest = oldest ? `what was known on ${oldest}` : 'what is known of other suites'
  if (answers.size > 0)
    options.onProgress?.({ kind: 'note', text: `${trouble.message}. Going on with ${rest}` })
  return { answers, asked, trouble }
}

/**
 * Asks the mirror which kernels a suite has, and remembers the answer.
 *
 * @throws EnvironmentError when it cannot be asked
 */
export async function askMirror(
  suite: string,
  { signal, onProgress }: ResolveOptions = {},
): Promise<SuiteAnswer> {
  const before = suiteMemo.get(suite)
  await using apt = await SuiteApt.open(suite, signal)
  const meanwhile = suiteMemo.get(suite)
  // Another guise has asked while this one waited for its turn.
  if (meanwhile?.fresh && meanwhile.at.getTime() !== before?.at.getTime()) return meanwhile.value
  onProgress?.({ kind: 'note', text: `asking the mirror for the kernels in Debian's ${suite}` })
  const answer = (await apt.update())
    ? listKernels(suite, await apt.show(kernelPackagePatterns))
    : null
  await suiteMemo.set(suite, answer)
  return answer
}
