import { byCpu } from '../matrix/version-wide.js'
import { codeSpan as code } from '../terminal/code-span.js'
import { type Comparison, hasDifferences } from './compare.js'
import { madeWith, summaryOf } from './summary.js'
import { alike, changeLines } from './words.js'

/** A comparison in Markdown (CommonMark), for a comment on a change. What guests say stands in code spans alone. */
export function comparisonAsMarkdown(comparison: Comparison): string {
  const { sides, shared } = madeWith(comparison.sides)
  const groups = alike(comparison.scenarios.filter(hasDifferences))
  return [
    `### ${sides.map(({ name }) => code(name)).join(' and ')}`,
    '',
    ...sides.map(({ name, own }) => `- ${code(name)}: ${own.map(code).join(', ') || 'the same'}`),
    ...(shared.length > 0 ? [`- both: ${shared.map(code).join(', ')}`] : []),
    '',
    summaryOf(comparison),
    '',
    ...byCpu(comparison.versionChanges).flatMap(({ of, changes }) => [
      `#### With the kernel, ${code(of)}`,
      '',
      ...changeLines(changes).map(line => `- ${code(line)}`),
      '',
    ]),
    ...groups.flatMap(({ names, lines, causes }) => [
      `#### ${headingOf(names)}`,
      '',
      ...(names.length > 1 ? [names.map(code).join(', '), ''] : []),
      ...lines.map(line => `- ${code(line)}`),
      ...causes.map(cause => `- because: ${code(cause)}`),
      '',
    ]),
    ...(comparison.uncompared.length > 0
      ? [
          '#### Not compared',
          '',
          ...comparison.uncompared.map(({ scenario, why }) => `- ${code(scenario)}: ${code(why)}`),
          '',
        ]
      : []),
  ].join('\n')
}

function headingOf(names: readonly string[]): string {
  const [first = ''] = names
  return names.length === 1 ? code(first) : `${code(first)} and ${names.length - 1} more`
}
