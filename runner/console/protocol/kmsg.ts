/** One record of the kernel log, as /dev/kmsg gives it. */
export interface KernelLogRecord {
  /** syslog's severity: 0 emergency … 7 debug. */
  readonly level: number
  /** syslog's facility; 0 is the kernel itself. */
  readonly facility: number
  /** Counts the records since boot. */
  readonly sequence: number
  /** When it was logged, by the kernel's own clock, in microseconds. */
  readonly timestampUs: number
  /** Whether the text goes on from the record before (`pr_cont`). */
  readonly continuation: boolean
  readonly text: string
}

// `priority,sequence,timestamp,flags[,…];text`, then lines of ` KEY=value` (Documentation/ABI/testing/dev-kmsg).
const form = /^(\d+),(\d+),(\d+),([^,;]*)[^;]*;([^\n]*)/

/** Reads one record of /dev/kmsg, or null where the bytes have another form. */
export function parseKmsg(record: Buffer): KernelLogRecord | null {
  const match = form.exec(record.toString('latin1'))
  if (match === null) return null
  const [, priority = '', sequence = '', timestamp = '', flags = '', text = ''] = match
  return {
    level: Number(priority) & 7,
    facility: Number(priority) >>> 3,
    sequence: Number(sequence),
    timestampUs: Number(timestamp),
    continuation: /[c+]/.test(flags),
    text: Buffer.from(withoutEscapes(text), 'latin1').toString('utf8'),
  }
}

/** The kernel writes every byte that is not printable ASCII, and the backslash, as `\xNN`. */
function withoutEscapes(text: string): string {
  return text.replaceAll(/\\x([0-9a-f]{2})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  )
}
