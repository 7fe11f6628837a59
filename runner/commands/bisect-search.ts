import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { tryGit } from '../../images/kernel/build/git.js'
import { Bisection, type BisectResult } from '../bisect/bisect.js'
import type { BisectMeans } from '../bisect/means.js'
import { formatBisectReport } from '../bisect/report.js'
import { reproducer } from '../bisect/reproducer.js'
import { type BisectState, readState } from '../bisect/state.js'
import { bisectLines } from '../bisect/words.js'
import { whileLocked } from '../cache/lock.js'
import { asEnvironmentError } from '../errors.js'
import { makeFolders } from '../make-folders.js'
import { writeResult } from '../record/results-folder.js'
import { guiseCommand, wordFor } from '../report/guise-command.js'
import type { Scenario } from '../scenario/scenario.js'
import { noteOnStderr } from '../terminal/standard-error.js'
import { userFolder } from '../user-folder.js'
import type { BisectOptions } from './bisect-options.js'
import { runOptionsOf } from './run-options.js'
import { runWithProgress } from './run-with-progress.js'
import { print } from './standard-output.js'

/** What a bisection was asked for. */
export interface Asked {
  readonly scenarios: readonly Scenario[]
  readonly options: BisectOptions
  readonly signal: AbortSignal
}

/** What is asked, as the state of a bisection keeps it. */
export function questionOf(
  { scenarios, options }: Asked,
  tree: string | null,
  ends: Pick<BisectState['question'], 'good' | 'bad'>,
): BisectState['question'] {
  const { accel, qemu, clock, channel, config, kconfig, timeout } = options
  return {
    tree,
    ...ends,
    scenarios: scenarios.map(({ name }) => name),
    until: options.until ?? [],
    options: {
      accel,
      qemu: qemu ?? null,
      clock: clock ?? null,
      channel: channel ?? null,
      config: config === undefined ? null : resolve(config),
      kconfig: kconfig?.map(path => resolve(path)).join(' ') ?? null,
      timeout: timeout === undefined ? null : String(timeout),
    },
  }
}

/** What is done otherwise for commits than for packaged kernels. */
export interface BisectParts extends Pick<BisectMeans, 'search' | 'subjectOf' | 'prepare'> {
  /** Keeps git's own log beside the state. */
  readonly keepLog: (folder: string) => Promise<void>
  /** What the result says of what was found, and what came right before it. */
  readonly told: (found: string) => Promise<{ commit: string | null; parents: readonly string[] }>
}

/**
 * Goes on with a bisection to its end, and prints what it came to.
 *
 * @returns 0 when it is found, 3 when only what had to be skipped is left
 * @throws EnvironmentError where its state can't be kept
 */
export async function bisect(
  question: BisectState['question'],
  asked: Asked,
  parts: BisectParts,
): Promise<number> {
  const { options, signal } = asked
  const digest = createHash('sha256').update(JSON.stringify(question)).digest('hex').slice(0, 16)
  const folder = options.output ?? join(userFolder('state'), 'bisects', digest)
  asEnvironmentError(`can't keep the bisection`, () => {
    makeFolders(folder)
  })
  const onWait = () => {
    noteOnStderr(`another guise goes on with the bisection in ${folder}: waiting for it`)
  }
  // Two that write one state would lose what the other has found.
  return whileLocked(join(folder, 'lock'), { signal, onWait }, () =>
    bisectInto(folder, question, asked, parts),
  )
}

async function bisectInto(
  folder: string,
  question: BisectState['question'],
  { scenarios, options, signal }: Asked,
  { keepLog, told, ...parts }: BisectParts,
): Promise<number> {
  if (options.restart === true) rmSync(join(folder, 'bisect.json'), { force: true })
  const before = readState(folder, question)
  if (before !== null) noteOnStderr(`going on with the bisection in ${folder}`)
  const state = before ?? {
    schema: 'guise-bisect-1',
    question,
    ends: { good: null, bad: null },
    decided: [],
  }
  const bisection: Bisection = new Bisection(folder, state, {
    ...parts,
    boot: (kernel, output) =>
      runWithProgress({
        ...runOptionsOf({ ...options, kernel: [kernel], output }, scenarios, 'asides', signal),
      }),
    onEvent: event => {
      for (const line of bisectLines(event)) noteOnStderr(line)
    },
  })
  const result = await bisection.run()
  await keepLog(folder)
  const report = await reportOf(bisection, result, told, { scenarios, options, signal })
  await parts.search.end()
  writeResult(join(folder, 'report.txt'), report)
  await print(report)
  noteOnStderr(`state, records and report are in ${folder}`)
  return 'found' in result.position ? 0 : 3
}

async function reportOf(
  bisection: Bisection,
  result: BisectResult,
  told: BisectParts['told'],
  { scenarios, options }: Asked,
): Promise<string> {
  const { state } = bisection
  const { position } = result
  const tried = [...state.decided, state.ends.good, state.ends.bad].filter(each => each !== null)
  const recordsOf = (ids: readonly string[]) => {
    const found = ids.flatMap(id => tried.find(each => each.id === id) ?? [])
    return found
      .flatMap(each => bisection.recordsOf(each))
      .slice(0, state.question.scenarios.length)
  }
  const { commit, parents } =
    'found' in position ? await told(position.found) : { commit: null, parents: [] }
  const found = 'found' in position ? position.found : null
  const after = found === null ? [] : recordsOf([found])
  const words = scenarios.map(({ name, file }) => wordFor({ scenario: name, file }) ?? name)
  const { question } = state
  const parent = parents[0] ?? null
  return formatBisectReport({
    state,
    result,
    commit,
    before: recordsOf(parents),
    after,
    reproducer: guiseCommand(
      ...reproducer({ question, words, found, parent, after, ...commandWords(options) }),
    ),
    reporter: state.question.tree === null ? null : await reporterIn(state.question.tree),
  })
}

/** The options of a bisection as words: how its guests were run, and its kernels built. */
function commandWords({ accel, qemu, clock, config, kconfig = [] }: BisectOptions) {
  return {
    options: [
      ...(accel === 'auto' ? [] : ['--accel', accel]),
      ...(qemu === undefined ? [] : ['--qemu', qemu]),
      ...(clock === undefined ? [] : ['--clock', clock]),
    ],
    buildOptions: [
      ...(config === undefined ? [] : ['--config', config]),
      ...kconfig.flatMap(path => ['--kconfig', path]),
    ],
  }
}

async function reporterIn(tree: string): Promise<string | null> {
  const [name, address] = await Promise.all(
    ['user.name', 'user.email'].map(key => tryGit(tree, ['config', key])),
  )
  if (name?.status !== 0 || address?.status !== 0) return null
  return `${name.stdout.trim()} <${address.stdout.trim()}>`
}
