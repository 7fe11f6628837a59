import { printable } from './printable.js'

/**
 * Text as a code span of Markdown, in which nothing is markup: its fence is longer than any run of backquotes in it (CommonMark, 6.1).
 *
 * @param text - is made printable; one line
 */
export function codeSpan(text: string): string {
  const shown = printable(text)
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const pad = /^`|`$|^ .* $/.test(shown) ? ' ' : ''
  return `${fence}${pad}${shown}${pad}${fence}`
}

/**
 * The same for a cell of a table in GitHub's Markdown, which takes `|` for its own even within a code span (GFM, 4.10).
 */
export function codeCell(text: string): string {
  return codeSpan(text).replaceAll('|', '\\|')
}

/** Lines as a fenced code block, whose fence no line of it closes (CommonMark, 4.5). */
export function codeBlock(lines: readonly string[]): string[] {
  const shown = lines.map(printable)
  const longest = Math.max(
    2,
    ...shown.flatMap(line => [...line.matchAll(/`+/g)].map(([run]) => run.length)),
  )
  const fence = '`'.repeat(longest + 1)
  return [fence, ...shown, fence]
}
