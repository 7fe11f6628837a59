import { crc32 } from 'node:zlib'
import * as layout from '../../../runner/console/protocol/layout.js'
import type { SvgaField } from '../../../runner/console/protocol/svga-record.js'

/** A record as a guest would write it. */
export interface TestRecord {
  readonly type: number
  readonly payload: Uint8Array | string
}

/** One record's bytes. */
export function encodeRecord({ type, payload }: TestRecord, sequence: number): Buffer {
  const content = Buffer.from(payload)
  const header = Buffer.alloc(layout.sizes.recordHeader)
  header.writeUInt32LE(layout.recordMagic, layout.offsets.recordHeader.magic)
  header.writeUInt32LE(type, layout.offsets.recordHeader.type)
  header.writeUInt32LE(sequence, layout.offsets.recordHeader.sequence)
  header.writeUInt32LE(content.length, layout.offsets.recordHeader.length)
  return withCrc(Buffer.concat([header, content]))
}

/** A report header's bytes. */
export function encodeHeader(fields: {
  state: number
  records: number
  bytes: number
  lost?: number
  version?: number
}): Buffer {
  const at = layout.offsets.reportHeader
  const header = Buffer.alloc(at.crc)
  header.write(layout.reportMagic, at.magic, 'latin1')
  header.writeUInt32LE(fields.version ?? layout.protocolVersion, at.version)
  header.writeUInt32LE(fields.state, at.state)
  header.writeUInt32LE(fields.records, at.records)
  header.writeUInt32LE(fields.bytes, at.bytes)
  header.writeUInt32LE(fields.lost ?? 0, at.lost)
  return withCrc(header)
}

/** All that comes out of ttyS1. */
export function encodeStream(records: readonly TestRecord[]): Buffer {
  const body = Buffer.concat(records.map(encodeRecord))
  return Buffer.concat([
    encodeHeader({ state: layout.stateRunning, records: 0, bytes: 0 }),
    body,
    encodeHeader({ state: layout.stateComplete, records: records.length, bytes: body.length }),
  ])
}

/** A shared memory that is little larger than it must be. */
export function encodeSharedMemory(
  records: readonly TestRecord[],
  state: number = layout.stateComplete,
): Buffer {
  const body = Buffer.concat(records.map(encodeRecord))
  return Buffer.concat([
    Buffer.alloc(layout.reportOffset),
    encodeHeader({ state, records: records.length, bytes: body.length }),
    body,
    Buffer.alloc(40),
  ])
}

/** A cpuid record of answers given as leaf, subleaf, EAX, EBX, ECX, EDX. */
export function cpuidRecord(cpu: number, answers: readonly (readonly number[])[]): TestRecord {
  return {
    type: layout.recordCpuid,
    payload: Buffer.from(Uint32Array.from([cpu, ...answers.flat()]).buffer),
  }
}

/** A device record of texts. */
export function deviceRecord(...fields: string[]): TestRecord {
  return { type: layout.recordDevice, payload: fields.map(field => `${field}\0`).join('') }
}

/** A record whose payload is a text. */
export function textRecord(type: number, text: string): TestRecord {
  return { type, payload: text }
}

/** What a device answers that does all that it is told. */
export const goodSvga: Readonly<Record<SvgaField, number>> = {
  id: 0x90000002,
  capabilities: 3,
  max_width: 2368,
  max_height: 1770,
  framebuffer_size: 0x1000000,
  fifo_size: 0x10000,
  width: layout.pictureWidth,
  height: layout.pictureHeight,
  bits_per_pixel: 32,
  red_mask: 0xff0000,
  green_mask: 0xff00,
  blue_mask: 0xff,
  bytes_per_line: 4 * layout.pictureWidth,
  framebuffer_offset: 0,
  fifo_next: 36,
  fifo_stop: 36,
  drawn: 1,
}

/** A record of what VMware's video answered. */
export function svgaRecord(
  changes: Partial<Record<SvgaField, number>> = {},
  name = '0000:00:03.0',
): TestRecord {
  const values = Uint32Array.from(Object.values({ ...goodSvga, ...changes }))
  const payload = Buffer.concat([Buffer.from(values.buffer), Buffer.from(name)])
  return { type: layout.recordSvga, payload }
}

/** One record of every type; two vCPUs, a file in two parts that break a character. */
export const everyRecord: readonly TestRecord[] = [
  textRecord(layout.recordNote, 'channel=serial'),
  cpuidRecord(1, [[0, 0, 0xd, 0x68747541, 0x444d4163, 0x69746e65]]),
  cpuidRecord(0, [[0, 0, 0xd, 0x68747541, 0x444d4163, 0x69746e65]]),
  cpuidRecord(0, [[0x40000000, 0, 0x40000001, 0x4b4d564b, 0x564b4d56, 0x4d]]),
  textRecord(layout.recordKmsg, '6,0,1234,-;Hypervisor detected: KVM\n'),
  textRecord(layout.recordFile, '/proc/version\0Linux version 6.1.0\n'),
  {
    type: layout.recordFile,
    payload: Buffer.concat([
      Buffer.from('/sys/hypervisor/type\0'),
      Buffer.from('ü').subarray(0, 1),
    ]),
  },
  {
    type: layout.recordFile,
    payload: Buffer.concat([Buffer.from('/sys/hypervisor/type\0'), Buffer.from('ü').subarray(1)]),
  },
  deviceRecord('virtio', 'virtio0', 'virtio_blk', 'vendor=0x1af4'),
  deviceRecord('pci', '0000:00:01.0', '', 'class=0x060100'),
  textRecord(layout.recordProblem, '/sys: No such device'),
  svgaRecord(),
]

function withCrc(bytes: Buffer): Buffer {
  const crc = Buffer.alloc(layout.sizes.crc)
  crc.writeUInt32LE(crc32(bytes))
  return Buffer.concat([bytes, crc])
}
