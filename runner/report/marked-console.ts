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

/**
 * The lines of a console, printable, with what matched marked: what the kernel died of or said of a failure, what tells of
 * detection, and the log patterns that its scenario has.
 */
export function markConsole(
  console: string,
  record: Pick<GuiseRecord, 'ending' | 'kernelSaid' | 'outcome'>,
  patterns: readonly string[],
): MarkedLine[] {
  const matchers = patterns.map(logPatternMatcher)
  const telling = [...record.kernelSaid, ...(record.outcome === 'reported' ? [] : [record.ending])]
  return console
    .replaceAll('\r', '')
    .split('\n')
    .map(line => {
      const said = withoutTime(line)
      const matches = isDetectionLine(said) || matchers.some(matcher => matcher(said))
      const mark =
        telling.includes(said.trimEnd()) || telling.includes(said) ? '!' : matches ? '>' : ' '
      return { mark, text: printable(line) }
    })
}
