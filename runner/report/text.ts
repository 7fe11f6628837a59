import { counted } from '../terminal/counted.js'
import pc from 'picocolors'
import { fitParts, formatRows, type Row, wrap } from './columns.js'
import { failureRows } from './failure.js'
import { guiseCommand } from './guise-command.js'
import { printable } from './printable.js'
import type { GuiseRecord } from '../record/schema.js'
import { formatQemus, type Reporter, whyMissing } from './reporter.js'
import { countVerdicts, isTrouble, namesOf, rerunLines, skipLines, summarise } from './summary.js'

type Colours = ReturnType<typeof pc.createColors>

/** How a text is laid out. */
export interface TextLayout {
  readonly colour: boolean
  /** Columns of the terminal; null where there is none, and nothing is broken or shortened. */
  readonly width: number | null
  /** Columns of the longest scenario's name. */
  readonly nameWidth: number
}

// A longer name pushes its own line aside, and no other.
const mostNameWidth = 30

/** What a person reads: one line for each record, and all that helps where one did not pass. */
export function textReporter({ colour, width, nameWidth }: TextLayout): Reporter {
  const colours = pc.createColors(colour)
  const layout = { width, nameWidth: Math.min(nameWidth, mostNameWidth) }
  let planned = 0
  let why = ''
  let several = false
  let kernelBefore = ''
  return {
    begin: heading => {
      const { kernels, qemus, accelerator, jobs, output, total } = heading
      planned = total
      why = whyMissing(heading)
      several = kernels.length > 1
      const lines = [
        ...kernels.map(kernel => `kernel  ${kernel}`),
        `QEMU    ${[...(qemus.length === 0 ? [] : [formatQemus(qemus)]), `accelerator ${accelerator}`].join('; ')}`,
        ...(jobs === null
          ? []
          : [`jobs    ${counted(jobs.count, 'guest')} at a time (${jobs.why})`]),
        ...(output === '' ? [] : [`output  ${output}`]),
      ]
      return lines.map(line => `${colours.dim(wrap(printable(line), width, 8))}\n`).join('')
    },
    record: (record, details) => {
      const { version, release } = record.kernel
      const heading = several && release !== kernelBefore ? `\n${version} (${release})\n` : ''
      kernelBefore = release
      const line = heading + verdictLine(record, layout, colours)
      if (!isTrouble(record)) return line
      return line + rowsOf(failureRows(record, details), width, colours)
    },
    end: (records, elapsedMs, notRun = []) => {
      const { pass, fail, skip, error } = countVerdicts(records)
      const missing = planned - records.length - notRun.length
      const left = notRun.length > 0 ? `; ${notRun.length} not run, for --fail-fast` : ''
      const cut = `${left}${missing > 0 ? `; ${missing} of ${planned} have no record: ${printable(why)}` : ''}`
      const trouble = fail + error > 0
      const rows = endRows(records, several, elapsedMs)
      const next = [{ label: 'next', text: [guiseCommand('run', '--failed')] }]
      return [
        rows.length === 0 ? '' : `\n${rowsOf(rows, width, colours)}`,
        `${pass} pass, ${fail} fail, ${skip} skip, ${error} error${cut}\n`,
        trouble ? rowsOf(next, width, colours) : '',
      ].join('')
    },
  }
}

function rowsOf(rows: readonly Row[], width: number | null, colours: Colours): string {
  const shown = rows.map(({ label, text }) => ({
    label: printable(label),
    text: typeof text === 'string' ? printable(text) : text.map(printable),
  }))
  return formatRows(shown, width, colours.dim)
}

/** The failed and errored by name, what was run again and why, what was skipped and why, and how long it all took. */
function endRows(
  records: readonly GuiseRecord[],
  several: boolean,
  elapsedMs: number | undefined,
): Row[] {
  const named = (label: string, verdict: GuiseRecord['verdict']): Row[] => {
    const found = records.filter(record => record.verdict === verdict)
    return found.length === 0 ? [] : [{ label, text: namesOf(found, several).join(', ') }]
  }
  return [
    ...named('failed', 'fail'),
    ...named('errors', 'error'),
    ...rerunLines(records).map(text => ({ label: 'run again', text })),
    ...skipLines(records).map(text => ({ label: 'skipped', text })),
    ...(elapsedMs === undefined || records.length < 2
      ? []
      : [{ label: 'time', text: seconds(elapsedMs) }]),
  ]
}

function verdictLine(
  record: GuiseRecord,
  { width, nameWidth }: Omit<TextLayout, 'colour'>,
  colours: Colours,
): string {
  const word = isTrouble(record) ? record.verdict.toUpperCase() : record.verdict
  const name = record.scenario.padEnd(nameWidth)
  const left = `${word.padEnd(5)} ${name}  `
  const took = record.timing === null ? '' : `${seconds(record.timing.total)} ${record.accel}`
  const summary = printable(summarise(record))
  const painted = `${paint(record.verdict, colours)(word.padEnd(5))} ${name}  `
  if (record.timing === null) return `${painted}${wrap(summary, width, left.length)}\n`
  if (width === null) return `${painted}${summary}  ${colours.dim(took)}\n`
  const room = Math.max(10, width - left.length - took.length - 2)
  return `${painted}${fitParts(summary, room).padEnd(room)}  ${colours.dim(took)}\n`
}

function paint(verdict: GuiseRecord['verdict'], colours: Colours): (text: string) => string {
  switch (verdict) {
    case 'pass':
      return colours.green
    case 'skip':
      return colours.yellow
    default:
      return colours.red
  }
}

/** `2.8 s`, `3 min 5 s`. */
function seconds(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  const whole = Math.round(ms / 1000)
  return `${Math.floor(whole / 60)} min ${whole % 60} s`
}
