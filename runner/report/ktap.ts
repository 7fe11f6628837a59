import { printable } from '../terminal/printable.js'
import { type NotRun, qemuLine, type RecordDetails, type Reporter, whyMissing } from './reporter.js'
import type { GuiseRecord } from '../record/schema.js'
import { countVerdicts, isTrouble, rerunLines } from './summary.js'
import { troubleLines } from './trouble-lines.js'
import { kernelKey, kernelName } from './whole-reporter.js'

/**
 * KTAP version 1 (Documentation/dev-tools/ktap.rst of Linux): a test of each kernel, and a subtest of each record, indented by two. A kernel's
 * are written when its last has come, since their plan stands before them. There is no YAML: what is to be said of a result stands before it.
 */
export function ktapReporter(): Reporter {
  let planned = 0
  let why = ''
  let kernels = 0
  let open: OpenTest | null = null
  const close = (missing = 0): string => {
    if (open === null) return ''
    kernels += 1
    const { name, points, ok } = open
    open = null
    // A plan that is not kept tells of what is missing.
    const lines = [
      'KTAP version 1',
      `1..${points.length + missing}`,
      ...points.flatMap((lines, index) => lines(index + 1)),
    ]
    return `${lines.map(line => `  ${line}\n`).join('')}${ok && missing === 0 ? 'ok' : 'not ok'} ${kernels} ${name}\n`
  }
  const begin = (of: Pick<NotRun, 'run' | 'kernel'>): OpenTest =>
    (open ??= { key: kernelKey(of), name: nameText(kernelName(of.kernel)), points: [], ok: true })
  const add = (of: Pick<NotRun, 'run' | 'kernel'>, ok: boolean, lines: Point): string => {
    const before = open?.key === kernelKey(of) ? '' : close()
    const test = begin(of)
    test.points.push(lines)
    test.ok &&= ok
    return before
  }
  return {
    begin: heading => {
      planned = heading.total
      why = whyMissing(heading)
      const comments = [...heading.kernels, ...qemuLine(heading.qemus)]
      return `KTAP version 1\n1..${heading.kernels.length}\n${comments.map(line => `# ${printable(line)}\n`).join('')}`
    },
    record: (record, details) =>
      add(record, !isTrouble(record), number => pointOf(number, record, details)),
    end: (records, _elapsedMs, notRun = [], lost = []) => {
      const { pass, fail, skip, error } = countVerdicts(records)
      const left = notRun.map(each =>
        add(each, true, number => [
          `ok ${number} ${nameText(each.scenario)} # SKIP not run, for --fail-fast`,
        ]),
      )
      const missing = Math.max(0, planned - records.length - notRun.length)
      // Where none came, a kernel is there all the same, with a plan that is not kept.
      if (open === null && lost[0] !== undefined) begin(lost[0])
      const reruns = rerunLines(records).map(line => `# run again: ${printable(line)}\n`)
      const cut = missing > 0 ? `, ${missing} of ${planned} have no record: ${printable(why)}` : ''
      const count = notRun.length > 0 ? `, ${notRun.length} not run` : ''
      return `${left.join('')}${close(missing)}${reruns.join('')}# ${pass} pass, ${fail} fail, ${skip} skip, ${error} error${count}${cut}\n`
    },
  }
}

/** The lines of a result, by its number. */
type Point = (number: number) => string[]

interface OpenTest {
  readonly key: string
  readonly name: string
  readonly points: Point[]
  ok: boolean
}

function pointOf(number: number, record: GuiseRecord, details: RecordDetails): string[] {
  const isOk = !isTrouble(record)
  const result = `${isOk ? 'ok' : 'not ok'} ${number} ${nameText(record.scenario)}${directiveOf(record)}`
  return isOk
    ? [result]
    : [...diagnostics(record, details).map(line => `# ${printable(line)}`), result]
}

function directiveOf({ verdict, outcome, why }: GuiseRecord): string {
  if (verdict === 'skip') return ` # SKIP ${printable(why[0] ?? '')}`
  if (verdict !== 'error') return ''
  return ` # ${outcome === 'timeout' ? 'TIMEOUT' : 'ERROR'} ${printable(why[0] ?? '')}`
}

function diagnostics(record: GuiseRecord, details: RecordDetails): string[] {
  return [...troubleLines(record, details), ...details.consoleTail.map(line => `console: ${line}`)]
}

/** A name has no `#`, with which directives begin. */
function nameText(text: string): string {
  return printable(text).replaceAll('#', '_')
}
