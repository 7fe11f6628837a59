import { findLastHeader, readHeader, type ReportHeader } from './header.js'
import * as layout from './layout.js'
import { type GuestReport, ReportBuilder } from './report.js'
import { type RawRecord, type Scan, scan } from './scan.js'
import { counted } from '../../terminal/counted.js'

/** How a report leaves its guest: see guest/PROTOCOL.md. */
export type Channel = 'shared-memory' | 'serial'

/**
 * Reads a guest's report, whole or not, from the shared memory or from all that came out of ttyS1. It takes any bytes
 * whatever: what is damaged or missing is said in `problems`.
 */
export function parseReport(channel: Channel, bytes: Uint8Array): GuestReport {
  const found = scan(reportPart(channel, bytes))
  const records = inOrder(found.records)
  const builder = new ReportBuilder()
  for (const record of records) builder.add(record)
  const damage = [...damageOf(found, records), ...builder.unreadable]
  const complete = isWhole(found, records) && builder.unreadable.length === 0
  return builder.build(complete, damage)
}

/**
 * Whether the guest says that its report is complete. Cheap enough to ask again and again: it looks at the header, not
 * at the records.
 */
export function isComplete(channel: Channel, bytes: Uint8Array): boolean {
  const part = reportPart(channel, bytes)
  const header = channel === 'serial' ? findLastHeader(part) : readHeader(part, 0)
  return header?.state === layout.stateComplete
}

/** Whether a guest on ttyS1 has said hello, and waits for the request. */
export function hasHello(stream: Uint8Array): boolean {
  return findLastHeader(reportPart('serial', stream)) !== null
}

/** How large a guest's shared memory must be, in bytes: a power of two, as a PCI BAR is. */
export function sharedMemoryFor(cpus: number): number {
  // Some 9 KB of a vCPU's answers, its columns in /proc/interrupts and its lines in the log, with room to spare.
  const bytesPerCpu = 0x8000
  return Math.max(layout.sharedMemorySize, 2 ** Math.ceil(Math.log2(cpus * bytesPerCpu)))
}

function reportPart(channel: Channel, bytes: Uint8Array): Buffer {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return channel === 'serial' ? all : all.subarray(layout.reportOffset)
}

/** The records by their sequence numbers; of two with the same number the first counts. */
function inOrder(records: readonly RawRecord[]): RawRecord[] {
  const bySequence = new Map<number, RawRecord>()
  for (const record of records) {
    if (!bySequence.has(record.sequence)) bySequence.set(record.sequence, record)
  }
  return [...bySequence.values()].sort((a, b) => a.sequence - b.sequence)
}

function isWhole({ header, recordBytes }: Scan, records: readonly RawRecord[]): boolean {
  return (
    header?.state === layout.stateComplete &&
    header.version === layout.protocolVersion &&
    header.records === records.length &&
    header.bytes === recordBytes &&
    records.every(({ sequence }, index) => sequence === index)
  )
}

function damageOf(found: Scan, records: readonly RawRecord[]): string[] {
  const { header, strayBytes } = found
  const damage: string[] = []
  if (header === null && records.length === 0) damage.push('The guest wrote no report.')
  else if (header === null) damage.push('The report has no header.')
  else damage.push(...headerDamage(header))
  const written = Math.max(header?.records ?? 0, (records.at(-1)?.sequence ?? -1) + 1)
  if (records.length < written) {
    damage.push(
      `${written - records.length} of the report's ${written} records are damaged or missing.`,
    )
  }
  if (found.records.length > records.length)
    damage.push('The report has several records of one number.')
  if (found.gaveUp) {
    damage.push('The report looks like many records that are none; not all of it was read.')
  }
  if (strayBytes > 0)
    damage.push(
      `${counted(strayBytes, 'byte')} of the report ${strayBytes === 1 ? 'belongs' : 'belong'} to no record.`,
    )
  return damage
}

function headerDamage({ version, state, records, lost }: ReportHeader): string[] {
  const damage: string[] = []
  if (version !== layout.protocolVersion) {
    damage.push(
      `The guest's init speaks version ${version} of the protocol, guise version ${layout.protocolVersion}: build guise again.`,
    )
  }
  if (state === layout.stateTruncated) {
    damage.push(
      `${counted(lost, 'record')} did not fit in the shared memory after the first ${records}.`,
    )
  } else if (state !== layout.stateComplete) {
    damage.push(`The guest did not come to the end of its report.`)
  }
  return damage
}
