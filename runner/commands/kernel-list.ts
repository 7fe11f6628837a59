import { type KernelList, listAllKernels } from '../../images/kernel/list.js'
import { asLines } from '../report/setup-progress.js'
import { noteOnStderr } from '../terminal/standard-error.js'
import { interruptible } from './interruptible.js'
import { printJson, printPlain } from './standard-output.js'

/** `guise kernel list`: the kernels of Debian's suites and those that guise has built, one a line or as a JSON object. */
export async function kernelList(options: { json?: true; all?: true }): Promise<number> {
  const list = await interruptible(
    signal => listAllKernels(options.all === true, { signal, onProgress: asLines(noteOnStderr) }),
    'ending',
  )
  await (options.json ? printJson(list, 2) : printPlain(table(list)))
  return 0
}

function table({ suites, kernels, builds }: KernelList): string {
  const rows = [
    ...suites.flatMap(({ suite, available }) => {
      const own = kernels.filter(kernel => kernel.suite === suite)
      if (available === null) return [[suite, 'not known: the mirror could not be asked']]
      if (!available) return [[suite, 'the mirror has no such suite']]
      if (own.length === 0) return [[suite, 'no kernels']]
      return own.map(({ spec, release, cached }) => [
        suite,
        spec,
        release,
        cached ? 'in the cache' : '',
      ])
    }),
    ...builds.map(({ spec, tree, version, at }) => [
      'built',
      spec,
      version,
      `from ${tree}, ${at.slice(0, 16).replace('T', ' ')}`,
    ]),
  ]
  // A line that only says something is as wide as it likes.
  const widths = [0, 1, 2].map(column =>
    Math.max(0, ...rows.filter(row => row.length > 2).map(row => row[column]?.length ?? 0)),
  )
  return rows
    .map(row =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .map(line => `${line}\n`)
    .join('')
}
