import { withoutTime } from '../observe/kernel-log.js'
import { logPatternMatcher } from '../scenario/log-pattern.js'
import { printable } from '../terminal/printable.js'
import { isDetectionLine } from '../record/detection-lines.js'
import type { GuiseRecord } from '../record/schema.js'

/** A line of a console as it is shown: `!` bears on why the guest did not pass, `>` matched something, and the rest. */
export interface MarkedLine {
  readonly mark: '!' | '>' | ' '
  readonly text: string
}

/** What a scenario's rule looks for in the log. */
export interface LogPatterns {
  readonly has: readonly string[]
  readonly lacks: readonly string[]
}

/**
 * The lines of a console, printable, with what matched marked: what the kernel died of or said of a failure, what its rule does not
 * allow, what tells of detection or shows that an interface was adopted, and what its rule looks for.
 */
export function markConsole(
  console: string,
  record: Pick<GuiseRecord, 'ending' | 'kernelSaid' | 'outcome' | 'interfaces'>,
  { has, lacks }: LogPatterns,
): MarkedLine[] {
  const wanted = has.map(logPatternMatcher)
  const unwanted = lacks.map(logPatternMatcher)
  const telling = [...record.kernelSaid, ...(record.outcome === 'reported' ? [] : [record.ending])]
  const evidence = new Set(record.interfaces.map(({ adopted }) => adopted))
  return console
    .replaceAll('\r', '')
    .split('\n')
    .map(line => {
      const said = withoutTime(line)
      const isTelling = telling.includes(said.trimEnd()) || telling.includes(said)
      const bears = isTelling || unwanted.some(matcher => matcher(said))
      const matches =
        isDetectionLine(said) || evidence.has(said) || wanted.some(matcher => matcher(said))
      return { mark: bears ? '!' : matches ? '>' : ' ', text: printable(line) }
    })
}

/** What stands above a console: whose it is, what came of it and why, where it lies and what the marks mean. */
export function consoleHeading(
  record: Pick<GuiseRecord, 'scenario' | 'kernel' | 'accel' | 'verdict' | 'why'>,
  path: string,
): MarkedLine[] {
  const { scenario, kernel, accel, verdict, why } = record
  return [
    plain(`${scenario} on ${kernel.version} (${kernel.release}), ${accel}: ${verdict}`),
    ...(verdict === 'pass' ? [] : why.map((text): MarkedLine => ({ ...plain(text), mark: '!' }))),
    plain(path),
    plain('marked: > tells of detection, or is looked for; ! bears on why a guest does not pass'),
    plain(''),
  ]
}

/** What stands above the console of a guest that was ended with its run. */
export function unfinishedHeading(
  scenario: string,
  { version, release }: { readonly version: string; readonly release: string },
  path: string,
): MarkedLine[] {
  return [
    plain(`${scenario} on ${version} (${release}): ended with the run, before it was judged`),
    plain(path),
    plain('marked: > tells of detection'),
    plain(''),
  ]
}

function plain(text: string): MarkedLine {
  return { mark: ' ', text: printable(text) }
}
