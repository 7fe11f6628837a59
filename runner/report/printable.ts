import { printable } from '../terminal/printable.js'

export { printable }

/** The last lines of a raw console, printable. */
export function consoleTail(console: Uint8Array, lines: number): string[] {
  const text = Buffer.from(console.subarray(-lines * 1024))
    .toString('utf8')
    .replaceAll('\r', '')
    .trimEnd()
  return text === '' ? [] : text.split('\n').slice(-lines).map(printable)
}
