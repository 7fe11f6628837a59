import { crc32 } from 'node:zlib'
import { offsets, reportMagic, sizes } from './layout.js'

/** What the guest says of its report as a whole. */
export interface ReportHeader {
  readonly version: number
  /** One of the states of layout.ts; a guest may say anything. */
  readonly state: number
  /** How many records it has written. */
  readonly records: number
  /** How many bytes they take. */
  readonly bytes: number
  /** How many records did not fit. */
  readonly lost: number
}

const magic = Buffer.from(reportMagic, 'latin1')

/** The report header at `at`, or null where there is none whole and undamaged. */
export function readHeader(bytes: Buffer, at: number): ReportHeader | null {
  const header = bytes.subarray(at, at + sizes.reportHeader)
  const field = offsets.reportHeader
  if (header.length < sizes.reportHeader || !header.subarray(0, magic.length).equals(magic))
    return null
  if (crc32(header.subarray(0, field.crc)) !== header.readUInt32LE(field.crc)) return null
  return {
    version: header.readUInt32LE(field.version),
    state: header.readUInt32LE(field.state),
    records: header.readUInt32LE(field.records),
    bytes: header.readUInt32LE(field.bytes),
    lost: header.readUInt32LE(field.lost),
  }
}

/** The last whole header in a stream, or null. */
export function findLastHeader(stream: Buffer): ReportHeader | null {
  for (
    let at = stream.lastIndexOf(magic);
    at >= 0;
    at = at > 0 ? stream.lastIndexOf(magic, at - 1) : -1
  ) {
    const header = readHeader(stream, at)
    if (header !== null) return header
  }
  return null
}
