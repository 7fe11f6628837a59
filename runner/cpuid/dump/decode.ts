/**
 * The text of a dump. Windows tools write UTF-16, with a byte order mark or without; what is no valid UTF-8 has a title in some
 * 8-bit encoding, which no leaf needs.
 *
 * @throws Error whose message says what the bytes are instead
 */
export function decodeDump(bytes: Uint8Array): string {
  if (bytes.length === 0) throw new Error('an empty file')
  const wide = utf16Of(bytes)
  const text = new TextDecoder(wide ?? (isUtf8(bytes) ? 'utf-8' : 'windows-1252')).decode(bytes)
  const zero = text.indexOf('\0')
  if (zero >= 0) throw new Error(`no text: character ${zero} is NUL`)
  return text
}

function utf16Of([first, second]: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (first === undefined || second === undefined) return null
  if ((first === 0xff && second === 0xfe) || (isAscii(first) && second === 0)) return 'utf-16le'
  if ((first === 0xfe && second === 0xff) || (first === 0 && isAscii(second))) return 'utf-16be'
  return null
}

function isAscii(byte: number): boolean {
  return byte > 0 && byte < 0x80
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}
