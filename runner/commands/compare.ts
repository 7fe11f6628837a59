import { resolve } from 'node:path'
import { commitOf } from '../../images/kernel/build/git.js'
import { readConfiguration } from '../../images/kernel/build/configuration.js'
import { withWorktree } from '../../images/kernel/build/worktree.js'
import { compareSides, type Comparison, differs } from '../compare/compare.js'
import { comparisonAsJson } from '../compare/json.js'
import { comparisonAsMarkdown } from '../compare/markdown.js'
import { sideFolders } from '../compare/side-folders.js'
import type { Side } from '../compare/subject.js'
import { formatComparison } from '../compare/text.js'
import { InputError } from '../errors.js'
import { printable } from '../report/printable.js'
import { isTerminal, terminalWidth, wantsColour } from '../terminal/capabilities.js'
import { formatJson } from '../terminal/json.js'
import { noteOnStderr } from '../terminal/standard-error.js'
import { buildRevision, waitsFor } from './build-revision.js'
import { scenariosFor } from './catalogue.js'
import type { CompareOptions } from './compare-options.js'
import { askedFor, bootSide, checkAhead, type Means, sideOf } from './compare-sides.js'
import { interruptible } from './interruptible.js'
import { requireAny, requireEach, scenariosOfSides } from './scenarios-of-sides.js'
import { print } from './standard-output.js'

/**
 * `guise compare A B [SCENARIO...]`: holds two kernels, QEMUs, runs, records, baselines or revisions of a tree against each other.
 * What lies on the disk is read; for the rest guests are booted.
 *
 * @returns 0 when all is the same, 1 when anything differs, 3 when nothing could be compared, the environment had trouble with some
 * of it, or one side has nothing of a scenario
 */
export async function compareCommand(
  sides: readonly [string, string],
  words: readonly string[],
  options: CompareOptions,
): Promise<number> {
  const comparison = compareSides(...(await bothSides(sides, words, options)))
  await print(textOf(comparison, options))
  const lacking = comparison.sides.flatMap(({ lacks = [] }) => lacks)
  for (const each of lacking) noteOnStderr(printable(each))
  if (differs(comparison)) return 1
  const { scenarios, uncompared } = comparison
  // A run that was cut short is not the same as a whole one.
  const lacksSome = uncompared.some(({ isTrouble, isAbsent }) => isTrouble || isAbsent)
  return scenarios.length === 0 || lacksSome || lacking.length > 0 ? 3 : 0
}

function textOf(comparison: Comparison, options: CompareOptions): string {
  const all = options.all === true
  switch (options.format) {
    case 'text': {
      const width = isTerminal(process.stdout) ? terminalWidth(process.stdout) : null
      return formatComparison(comparison, { colour: wantsColour(process.stdout), width, all })
    }
    case 'json':
      return `${formatJson(comparisonAsJson(comparison, all), 1)}\n`
    case 'markdown':
      return comparisonAsMarkdown(comparison)
  }
}

async function bothSides(
  [a, b]: readonly [string, string],
  words: readonly string[],
  options: CompareOptions,
): Promise<[Side, Side]> {
  if (options.tree === undefined) refuseBuildOptions(options)
  const asked = options.tree === undefined ? [a, b].map(name => askedFor(name, options)) : []
  const isRead = asked.length > 0 && asked.every(each => 'side' in each)
  const isNarrowed = words.length > 0 || options.filter !== undefined
  // Beside results that lie there, nothing else can be compared.
  const read = asked.flatMap(each => ('side' in each ? [each.side] : []))
  const scenarios =
    isNarrowed || read.length === 0
      ? await scenariosFor(words, options.filter)
      : isRead
        ? []
        : await scenariosOfSides(read)
  if (isRead) {
    await requireEach(words, options.filter, read)
    if (isNarrowed) requireAny(scenarios, options.filter, read)
  }
  const selected = (side: Side): Side => {
    if (!isNarrowed) return side
    const { name, subjects } = side
    const names = new Set(scenarios.map(each => each.name))
    return { name, subjects: subjects.filter(({ scenario }) => names.has(scenario)) }
  }
  return interruptible(async signal => {
    if (options.tree !== undefined)
      return revisions([a, b], options.tree, { scenarios, options, signal })
    const [one, two] = asked
    if (one === undefined || two === undefined) throw new RangeError('two sides')
    const means = { scenarios, options, signal }
    if (!('side' in one)) await checkAhead(two, means)
    const [folder, other] = sideFolders([a, b])
    return [selected(await sideOf(one, means, folder)), selected(await sideOf(two, means, other))]
  })
}

function refuseBuildOptions({ config, kconfig }: CompareOptions): void {
  if (config === undefined && kconfig === undefined) return
  throw new InputError('--config, --kconfig: expected --tree beside them, got no tree to build')
}

/** Two revisions of a tree, each built and run. */
async function revisions(
  names: readonly [string, string],
  tree: string,
  means: Means,
): Promise<[Side, Side]> {
  const { options, signal } = means
  if (options.kernel !== undefined) throw new InputError('--kernel: expected none beside --tree')
  await readConfiguration({ config: options.config, fragments: options.kconfig })
  const folders = sideFolders(names)
  const commits = await Promise.all(
    names.map(async (name, at) => ({
      name,
      folder: folders[at] ?? name,
      commit: await commitOf(resolve(tree), name, at === 0 ? 'A' : 'B'),
    })),
  )
  const [one, two] = await withWorktree(
    resolve(tree),
    signal,
    async worktree => {
      const sides: Side[] = []
      for (const { name, folder, commit } of commits) {
        const kernel = await buildRevision(worktree, commit, options, signal)
        const side = await bootSide(name, { ...options, kernel: [kernel] }, means, folder)
        // A branch is another commit tomorrow.
        sides.push({ ...side, name: `${name} (${commit.slice(0, 12)})` })
      }
      return sides
    },
    waitsFor,
  )
  if (one === undefined || two === undefined) throw new RangeError('two revisions')
  return [one, two]
}
