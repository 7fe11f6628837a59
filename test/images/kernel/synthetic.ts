/** Images small enough to write down, for tests of what guise reads in real ones. */
import { gzipSync } from 'node:zlib'

/** The banner of a stock Debian kernel, as its bzImage has it. */
export const debianBanner =
  '6.1.0-56-cloud-amd64 (debian-kernel@lists.debian.org) #1 SMP PREEMPT_DYNAMIC Debian 6.1.192-1 (2026-11-10)'

/** What {@link bzImage} may be told. */
export interface BzImageOptions {
  readonly banner?: string
  readonly payload?: Uint8Array
  readonly protocol?: number
  readonly xloadflags?: number
}

/** A bzImage with a setup part of five sectors, boot protocol 2.15 and some payload. */
export function bzImage(options: BzImageOptions = {}): Buffer {
  const {
    banner = debianBanner,
    payload = gzipSync('nothing'),
    protocol = 0x20f,
    xloadflags = 1,
  } = options
  const setup = Buffer.alloc(5 * 512)
  setup.writeUInt8(4, 0x1f1)
  setup.writeUInt32LE(Math.ceil((0x100 + payload.length) / 16), 0x1f4)
  setup.writeUInt16LE(0xaa55, 0x1fe)
  setup.write('HdrS', 0x202, 'latin1')
  setup.writeUInt16LE(protocol, 0x206)
  setup.writeUInt16LE(0x400, 0x20e)
  setup.writeUInt16LE(xloadflags, 0x236)
  setup.writeUInt32LE(0x100, 0x248)
  setup.writeUInt32LE(payload.length, 0x24c)
  setup.write(`${banner}\0`, 0x600, 'latin1')
  const kernel = Buffer.alloc(Math.ceil((0x100 + payload.length) / 16) * 16)
  kernel.set(payload, 0x100)
  return Buffer.concat([setup, kernel])
}

/** What {@link elf} may be told. */
export interface ElfOptions {
  readonly data?: Uint8Array
  readonly notes?: Uint8Array
  readonly machine?: number
  readonly elfClass?: number
  readonly segments?: boolean
}

/** An ELF file with one loaded segment, one of notes, and a table of one empty section at its end. */
export function elf(options: ElfOptions = {}): Buffer {
  const {
    data = Buffer.alloc(64),
    notes = pvhNote,
    machine = 62,
    elfClass = 2,
    segments = true,
  } = options
  const dataAt = 64 + 2 * 56
  const header = Buffer.alloc(dataAt)
  header.write('\x7fELF', 'latin1')
  header.set([elfClass, 1, 1], 4)
  header.writeUInt16LE(2, 16)
  header.writeUInt16LE(machine, 18)
  header.writeBigUInt64LE(64n, 32)
  header.writeBigUInt64LE(BigInt(dataAt + data.length + notes.length), 40)
  header.writeUInt16LE(56, 54)
  header.writeUInt16LE(segments ? 2 : 0, 56)
  header.writeUInt16LE(64, 58)
  header.writeUInt16LE(1, 60)
  programHeader(header, 64, 1, dataAt, data.length)
  programHeader(header, 64 + 56, 4, dataAt + data.length, notes.length)
  return Buffer.concat([header, data, notes, Buffer.alloc(64)])
}

function programHeader(header: Buffer, at: number, type: number, offset: number, size: number) {
  header.writeUInt32LE(type, at)
  header.writeBigUInt64LE(BigInt(offset), at + 8)
  header.writeBigUInt64LE(BigInt(size), at + 32)
}

/** One ELF note. */
export function note(name: string, type: number, descriptor: Uint8Array): Buffer {
  const words = Buffer.alloc(12)
  words.writeUInt32LE(name.length + 1, 0)
  words.writeUInt32LE(descriptor.length, 4)
  words.writeUInt32LE(type, 8)
  const pad = (bytes: Uint8Array) => Buffer.concat([bytes], Math.ceil(bytes.length / 4) * 4)
  return Buffer.concat([words, pad(Buffer.from(`${name}\0`)), pad(descriptor)])
}

/** The notes of a kernel with a PVH entry: behind another one of Xen's, as in real ones. */
export const pvhNote = Buffer.concat([
  note('Linux', 257, Buffer.from([0])),
  note('Xen', 6, Buffer.from('linux\0')),
  note('Xen', 18, Buffer.alloc(8)),
])

/** A configuration as CONFIG_IKCONFIG builds it in. */
export function ikconfig(text: string): Buffer {
  return Buffer.concat([Buffer.from('IKCFG_ST'), gzipSync(text), Buffer.from('IKCFG_ED')])
}

/** Data in parts of some bytes, as a stream gives it. */
export async function* inParts(data: Buffer, size = 7): AsyncGenerator<Buffer> {
  for (let at = 0; at < data.length; at += size) {
    await Promise.resolve()
    yield data.subarray(at, at + size)
  }
}

/** What a stream gives, in one piece. */
export async function wholeOf(parts: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = []
  for await (const part of parts) all.push(part)
  return Buffer.concat(all)
}
