/**
 * Text of a guest as a terminal may show it: every control character and every invisible format character is spelled
 * out (`\x1b`), so that nothing a guest prints can move the cursor, colour, reorder or hide what guise says.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu, character => {
    if (character === '\t') return '  '
    const code = character.codePointAt(0) ?? 0
    return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
  })
}

/** The last lines of a raw console, printable. */
export function consoleTail(console: Uint8Array, lines: number): string[] {
  const text = Buffer.from(console.subarray(-lines * 1024))
    .toString('utf8')
    .replaceAll('\r', '')
    .trimEnd()
  return text === '' ? [] : text.split('\n').slice(-lines).map(printable)
}
