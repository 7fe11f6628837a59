/**
 * Breaks a text between words so that each line fits, all but the first indented. A word that is longer than a line stays whole:
 * what is to be pasted must not be broken.
 *
 * @param text - or pieces of it that stay whole, such as commands
 * @param width - columns of a line, with its indentation; null where there is no terminal, and nothing is broken
 * @param indent - columns before each line after the first, which the first has been given already
 */
export function wrap(
  text: string | readonly string[],
  width: number | null,
  indent: number,
): string {
  const pieces = typeof text === 'string' ? text.split(/(?<=\S) (?=\S)/) : text
  if (width === null) return pieces.join(' ')
  const room = Math.max(20, width - indent)
  const lines: string[] = []
  for (const word of pieces) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > room) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines.join(`\n${' '.repeat(indent)}`)
}

/** As many of a text's parts, separated by `; `, as fit into `room` columns; `…` stands for the rest. */
export function fitParts(text: string, room: number): string {
  if (text.length <= room) return text
  const parts = text.split('; ')
  for (let count = parts.length - 1; count > 0; count -= 1) {
    const shorter = `${parts.slice(0, count).join('; ')}; …`
    if (shorter.length <= room) return shorter
  }
  return `${text.slice(0, Math.max(0, room - 1))}…`
}

/** A label and what stands behind it. */
export interface Row {
  readonly label: string
  /** A text, or pieces of one that stay whole. */
  readonly text: string | readonly string[]
}

/** Rows with their texts in one column, indented; a label that is the one before is not said again. */
export function formatRows(
  rows: readonly Row[],
  width: number | null,
  paint: (label: string) => string,
): string {
  const labels = Math.max(...rows.map(({ label }) => label.length).filter(fits), 0)
  const lines = rows.map(({ label, text }, index) => {
    const shown = label === rows[index - 1]?.label ? '' : label
    const gap = fits(shown.length)
      ? ' '.repeat(labels - shown.length + 2)
      : `\n${' '.repeat(labels + 4)}`
    return `  ${paint(shown)}${gap}${wrap(text, width, labels + 4)}\n`
  })
  return lines.join('')
}

// A path that is longer stands on a line of its own, and pushes nothing aside.
const mostLabelWidth = 24

function fits(length: number): boolean {
  return length <= mostLabelWidth
}
