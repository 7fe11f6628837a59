/**
 * Text that guise did not write itself as a terminal may show it: every control character and every invisible format
 * character is spelled out (`\x1b`), so that nothing in it can move the cursor, colour, reorder or hide what guise says.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu, character => {
    if (character === '\t') return '  '
    const code = character.codePointAt(0) ?? 0
    return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
  })
}

/** The same of text in several lines, which stay. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n')
}

/** The length of what messages show of a longer text. */
const quotedLength = 60

/** A piece of a text as messages show it: in backquotes, on one line, printable, and shortened. */
export function quote(text: string): string {
  // Enough of it to fill the line, however much white space stands in it; a text may be any length.
  const line = text
    .slice(0, 10 * quotedLength)
    .replace(/\s+/g, ' ')
    .trim()
  const cut = line.length > quotedLength || text.length > 10 * quotedLength
  return `\`${printable(cut ? `${line.slice(0, quotedLength - 3)}...` : line)}\``
}
