import { crc32 } from './crc32.js'
import { readHeader, type ReportHeader } from './header.js'
import { maxPayload, offsets, recordMagic, reportMagic, sizes } from './layout.js'

/** A record whose CRC holds; nothing else about it is sure. */
export interface RawRecord {
  readonly type: number
  readonly sequence: number
  readonly payload: Buffer
}

/** What is found in bytes that a guest wrote, or that a line garbled. */
export interface Scan {
  /** The last whole header, or null. */
  readonly header: ReportHeader | null
  readonly records: readonly RawRecord[]
  /** How many bytes the records take. */
  readonly recordBytes: number
  /** How many bytes belong to no record and no header; memory never written to, all zeros at the end, does not count. */
  readonly strayBytes: number
}

// Both magics begin with a G, so that one search finds every candidate.
const initial = reportMagic.charCodeAt(0)

/** Finds the headers and records in a guest's bytes, wherever they stand, and steps over everything else. */
export function scan(bytes: Buffer): Scan {
  let header: ReportHeader | null = null
  const records: RawRecord[] = []
  let recordBytes = 0
  let strayBytes = 0
  let end = 0
  for (let at = bytes.indexOf(initial); at >= 0; at = bytes.indexOf(initial, at)) {
    const found = readHeader(bytes, at)
    const record = found === null ? readRecord(bytes, at) : null
    if (found === null && record === null) {
      at++
      continue
    }
    strayBytes += at - end
    if (record !== null) {
      records.push(record)
      recordBytes += recordSize(record.payload.length)
      at += recordSize(record.payload.length)
    } else {
      header = found
      at += sizes.reportHeader
    }
    end = at
  }
  const rest = bytes.subarray(end)
  if (rest.some(byte => byte !== 0)) strayBytes += rest.length
  return { header, records, recordBytes, strayBytes }
}

function recordSize(payload: number): number {
  return sizes.recordHeader + payload + sizes.crc
}

function readRecord(bytes: Buffer, at: number): RawRecord | null {
  const field = offsets.recordHeader
  if (bytes.length - at < recordSize(0)) return null
  if (bytes.readUInt32LE(at + field.magic) !== recordMagic) return null
  const length = bytes.readUInt32LE(at + field.length)
  if (length > maxPayload || bytes.length - at < recordSize(length)) return null
  const end = at + sizes.recordHeader + length
  if (crc32(bytes.subarray(at, end)) !== bytes.readUInt32LE(end)) return null
  return {
    type: bytes.readUInt32LE(at + field.type),
    sequence: bytes.readUInt32LE(at + field.sequence),
    payload: bytes.subarray(at + sizes.recordHeader, end),
  }
}
