import { crc32 } from 'node:zlib'
import { readHeader, type ReportHeader } from './header.js'
import { maxPayload, offsets, recordMagic, reportMagic, sharedMemorySize, sizes } from './layout.js'

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
  /** How many bytes were read for records that were none. */
  readonly wastedBytes: number
  /** Whether that came to the limit, from where on no record was looked for. */
  readonly gaveUp: boolean
}

/**
 * How many times the size of a report (or of the least shared memory, if it is shorter) is read for records that are none. Each header of a record, damaged or only looking like one,
 * can cost its payload's CRC; a damaged report has some of them, a hostile one has them every 16 bytes.
 */
const mostWaste = 8

// Both magics begin with a G, so that one search finds every candidate.
const initial = reportMagic.charCodeAt(0)

/** Finds the headers and records in a guest's bytes, wherever they stand, and steps over everything else. */
export function scan(bytes: Buffer): Scan {
  let header: ReportHeader | null = null
  const records: RawRecord[] = []
  let recordBytes = 0
  let strayBytes = 0
  let end = 0
  let wastedBytes = 0
  const limit = mostWaste * Math.max(bytes.length, sharedMemorySize)
  for (let at = bytes.indexOf(initial); at >= 0; at = bytes.indexOf(initial, at)) {
    const found = readHeader(bytes, at)
    const size = found === null && wastedBytes < limit ? recordSizeAt(bytes, at) : null
    const record = size === null ? null : readRecord(bytes.subarray(at, at + size))
    if (record === null) wastedBytes += size ?? 0
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
  // Compared whole: to look at each byte of a megabyte takes longer than all else here.
  if (!rest.equals(Buffer.alloc(rest.length))) strayBytes += rest.length
  return { header, records, recordBytes, strayBytes, wastedBytes, gaveUp: wastedBytes >= limit }
}

function recordSize(payload: number): number {
  return sizes.recordHeader + payload + sizes.crc
}

/** The size of the record whose header stands there, or null where none does. */
function recordSizeAt(bytes: Buffer, at: number): number | null {
  const field = offsets.recordHeader
  if (bytes.length - at < recordSize(0)) return null
  if (bytes.readUInt32LE(at + field.magic) !== recordMagic) return null
  const length = bytes.readUInt32LE(at + field.length)
  return length > maxPayload || bytes.length - at < recordSize(length) ? null : recordSize(length)
}

/** A record of exactly these bytes, or null where its CRC does not hold. */
function readRecord(bytes: Buffer): RawRecord | null {
  const field = offsets.recordHeader
  const end = bytes.length - sizes.crc
  if (crc32(bytes.subarray(0, end)) !== bytes.readUInt32LE(end)) return null
  return {
    type: bytes.readUInt32LE(field.type),
    sequence: bytes.readUInt32LE(field.sequence),
    payload: bytes.subarray(sizes.recordHeader, end),
  }
}
