import { stringify } from 'yaml'
import { rerunCommand } from './guise-command.js'
import { printable } from './printable.js'
import type { GuiseRecord } from '../record/schema.js'
import { type NotRun, qemuLine, type RecordDetails, type Reporter, whyMissing } from './reporter.js'
import { countVerdicts, rerunLines, summarise } from './summary.js'

/**
 * TAP version 14 (testanything.org): a test point for each record, with a YAML block where it did not pass. Of several kernels
 * each is a subtest. What `--fail-fast` leaves out is skipped, which keeps the plan: `Bail out!`, which a run that was cut short ends with,
 * has prove(1) and others leave out every other test, too.
 */
export function tapReporter(): Reporter {
  let planned = 0
  let why = ''
  let several = false
  let points = 0
  let subtest: Subtest | null = null
  let subtests = 0
  // Its plan comes last: how many records a kernel has shows when the next one begins.
  const close = (): string => {
    if (subtest === null) return ''
    subtests += 1
    return `    1..${subtest.points}\n${subtest.ok ? 'ok' : 'not ok'} ${subtests} - ${subtest.name}\n`
  }
  const place = (key: string, kernel: NotRun['kernel']): string => {
    if (subtest?.key === key) return ''
    const before = close()
    subtest = startSubtest(key, kernel)
    return `${before}# Subtest: ${subtest.name}\n`
  }
  /** A point at its place: in the subtest of its kernel, where there are several. */
  const placed = (
    of: Pick<GuiseRecord, 'run'> & Pick<NotRun, 'kernel'>,
    ok: boolean,
    text: (number: number) => string,
  ): string => {
    if (!several) return text((points += 1))
    const heading = place(keyOf(of), of.kernel)
    if (subtest === null) return ''
    subtest.points += 1
    subtest.ok &&= ok
    return heading + indented(text(subtest.points))
  }
  return {
    begin: heading => {
      const { total, kernels, qemus } = heading
      planned = total
      why = whyMissing(heading)
      several = kernels.length > 1
      const comments = [...kernels, ...qemuLine(qemus)].map(line => `# ${printable(line)}\n`)
      return `TAP version 14\n1..${several ? kernels.length : total}\n${comments.join('')}`
    },
    record: (record, details) =>
      placed(record, isOk(record), number => point(number, record, details)),
    end: (records, _elapsedMs, notRun = []) => {
      const { pass, fail, skip, error } = countVerdicts(records)
      const left = notRun.map(each => placed(each, true, number => leftOut(number, each)))
      const count = notRun.length > 0 ? `, ${notRun.length} not run` : ''
      const come = records.length + notRun.length
      const cut =
        come < planned
          ? `Bail out! ${printable(`${why.slice(0, 1).toUpperCase()}${why.slice(1)}`)}.\n`
          : ''
      const reruns = rerunLines(records).map(line => `# run again: ${printable(line)}\n`)
      return `${left.join('')}${close()}${reruns.join('')}# ${pass} pass, ${fail} fail, ${skip} skip, ${error} error${count}\n${cut}`
    },
  }
}

/** The records of one kernel among several. */
interface Subtest {
  readonly key: string
  readonly name: string
  points: number
  ok: boolean
}

/** A kernel in a run: two runs of one kernel are two subtests. */
function keyOf({ run, kernel }: Pick<NotRun, 'run' | 'kernel'>): string {
  return `${kernel.sha256} ${run}`
}

function startSubtest(key: string, { version, release }: NotRun['kernel']): Subtest {
  return { key, name: escapeText(`${version} (${release})`), points: 0, ok: true }
}

function isOk({ verdict }: GuiseRecord): boolean {
  return verdict === 'pass' || verdict === 'skip'
}

function point(number: number, record: GuiseRecord, details: RecordDetails): string {
  const name = escapeText(`${record.scenario} on ${record.kernel.version}, ${record.accel}`)
  const directive = record.verdict === 'skip' ? ` # SKIP ${escapeText(record.why[0] ?? '')}` : ''
  const line = `${isOk(record) ? 'ok' : 'not ok'} ${number} - ${name}${directive}\n`
  return isOk(record) ? line : line + diagnostics(record, details)
}

function leftOut(number: number, { scenario, kernel }: NotRun): string {
  return `ok ${number} - ${escapeText(`${scenario} on ${kernel.version}`)} # SKIP not run, for --fail-fast\n`
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '    ')
}

function diagnostics(record: GuiseRecord, { consoleTail, baseline = null }: RecordDetails): string {
  const rerun = rerunCommand(record)
  const block = stringify(
    printableData({
      severity: record.verdict,
      message: record.why.join('; '),
      summary: summarise(record),
      unmet: record.unmet,
      kernelSaid: record.kernelSaid,
      ...(baseline === null ? {} : { baseline }),
      console: record.console,
      ...(rerun === null ? {} : { rerun }),
      consoleTail,
    }),
  )
  return ['---', ...block.trimEnd().split('\n'), '...'].map(line => `  ${line}\n`).join('')
}

/** The same data with every text spelled out as a terminal may show it. */
function printableData(data: unknown): unknown {
  if (typeof data === 'string') return printable(data)
  if (Array.isArray(data)) return data.map(printableData)
  if (typeof data !== 'object' || data === null) return data
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, printableData(value)]))
}

/** TAP 14 escapes `\` and `#` in a description; what is unprintable is spelled out first. */
function escapeText(text: string): string {
  return printable(text).replace(/[\\#]/g, '\\$&')
}
