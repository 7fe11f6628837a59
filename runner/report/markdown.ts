import { codeBlock, codeCell, codeSpan } from '../terminal/code-span.js'
import { counted } from '../terminal/counted.js'
import { formatQemus, type Reporter, whyMissing } from './reporter.js'
import { countVerdicts, isTrouble, rerunLines, skipLines } from './summary.js'
import { troubleLines } from './trouble-lines.js'
import { byKernel, type Result, wholeReporter, type WholeRun } from './whole-reporter.js'

// GitHub takes 1 MiB of a step's summary (its documentation, "Workflow commands", limits), and drops what is longer, whole.
const mostShown = 50

/** GitHub-flavoured Markdown, for `$GITHUB_STEP_SUMMARY` or a comment: counts, then what did not pass. What guests say stands in code alone. */
export function markdownReporter(): Reporter {
  return wholeReporter(run => `${linesOf(run).join('\n')}\n`)
}

function linesOf(run: WholeRun): string[] {
  const { heading, results, missing } = run
  const records = results.map(({ record }) => record)
  const trouble = results.filter(({ record }) => isTrouble(record))
  const several = byKernel(run).length > 1
  const shown = trouble.slice(0, mostShown)
  return [
    `### guise: ${headlineOf(run)}`,
    '',
    ...(missing > 0
      ? [
          `**Not whole**: ${missing} of ${counted(heading.total, 'guest')} have no record: ${codeSpan(whyMissing(heading))}.`,
          '',
        ]
      : []),
    '| kernel | pass | fail | skip | error | left out |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...byKernel(run).map(({ name, results: own, notRun }) => {
      const { pass, fail, skip, error } = countVerdicts(own.map(({ record }) => record))
      return `| ${codeCell(name)} | ${pass} | ${fail} | ${skip} | ${error} | ${notRun.length} |`
    }),
    '',
    ...(heading.qemus.length === 0 ? [] : [`QEMU ${codeSpan(formatQemus(heading.qemus))}`, '']),
    ...shown.flatMap(result => troubleOf(result, several)),
    ...(trouble.length > shown.length
      ? [`${trouble.length - shown.length} more did not pass.`, '']
      : []),
    ...list('Run again', rerunLines(records)),
    ...list('Skipped', skipLines(records)),
  ]
}

function headlineOf({ results, notRun }: WholeRun): string {
  const { pass, fail, skip, error } = countVerdicts(results.map(({ record }) => record))
  const left = notRun.length > 0 ? `, ${notRun.length} left out` : ''
  return `${pass} pass, ${fail} fail, ${skip} skip, ${error} error${left}`
}

function troubleOf({ record, details }: Result, several: boolean): string[] {
  const kernel = several ? ` on ${codeSpan(record.kernel.version)}` : ''
  return [
    `#### ${record.verdict}: ${codeSpan(record.scenario)}${kernel}`,
    '',
    ...troubleLines(record, details).map(line => `- ${codeSpan(line)}`),
    '',
    ...(details.consoleTail.length === 0
      ? []
      : [
          '<details><summary>the console’s end</summary>',
          '',
          ...codeBlock(details.consoleTail),
          '',
          '</details>',
          '',
        ]),
  ]
}

function list(title: string, lines: readonly string[]): string[] {
  return lines.length === 0
    ? []
    : [`#### ${title}`, '', ...lines.map(line => `- ${codeSpan(line)}`), '']
}
