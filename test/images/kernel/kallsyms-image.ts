import { elf } from './synthetic.js'

/** The ways in which a kernel's table of symbols is laid out, by the first version that has it. */
export type KallsymsLayout = '5.10' | '6.1-stable' | '6.4' | '7.2'

interface Entry {
  readonly address: bigint
  /** With the letter of its type before it. */
  readonly name: string
}

/** Where {@link kallsymsImage} has its first byte of data in memory. */
export const dataAddress = 0xffffffff82000000n

// elf() has its data behind the ELF header and two program headers.
const dataAt = 64 + 2 * 56

/** An ELF file whose only data is a table of symbols, as scripts/kallsyms.c of the version writes it; sorted by address. */
export function kallsymsImage(layout: KallsymsLayout, entries: readonly Entry[]): Buffer {
  const word = layout === '7.2' ? 4 : 8
  const names = encodeNames(entries)
  const count = number(entries.length, word)
  const tokens = pad(Buffer.from(tokenTexts.map(text => `${text}\0`).join(''), 'latin1'), word)
  const index = Buffer.alloc(512)
  let at = 0
  tokenTexts.forEach((text, code) => {
    index.writeUInt16LE(at, 2 * code)
    at += text.length + 1
  })
  const table = [count, pad(names.bytes, word), pad(names.markers, word)]
  // As many bytes as there would be, none of them a table's.
  const sequences = pad(Buffer.alloc(3 * entries.length, 0xee), 8)
  const base = Buffer.alloc(8)
  base.writeBigUInt64LE(relativeBase)
  const before = Buffer.alloc(dataLead, 'not a table ')
  switch (layout) {
    case '5.10':
      return image([before, byCpu(entries), base, ...table, tokens, index])
    case '6.1-stable':
      return image([before, byCpu(entries), base, ...table, sequences, tokens, index])
    case '6.4':
      return image([before, ...table, tokens, index, pad(byBase(entries), 8), base, sequences])
    case '7.2': {
      const parts = [before, ...table, tokens, index]
      const place = dataAddress + BigInt(Buffer.concat(parts).length)
      return image([...parts, byPlace(entries, place)])
    }
  }
}

const relativeBase = 0xffffffff81000000n
const dataLead = 264

// A code for each character, as for those that names have, and some for what is frequent.
const tokenTexts = Array.from({ length: 256 }, (_, code) =>
  code < 0x80 ? String.fromCharCode(code).replace('\0', '') : code === 0x80 ? 'native_' : '',
)

function encodeNames(entries: readonly Entry[]): { bytes: Buffer; markers: Buffer } {
  const markers: number[] = []
  let bytes = Buffer.alloc(0)
  entries.forEach(({ name }, index) => {
    if (index % 256 === 0) markers.push(bytes.length)
    const codes = Buffer.from(name.replaceAll('native_', '\x80'), 'latin1')
    const length =
      codes.length < 0x80 ? [codes.length] : [0x80 | (codes.length & 0x7f), codes.length >> 7]
    bytes = Buffer.concat([bytes, Buffer.from(length), codes])
  })
  const words = Buffer.alloc(4 * markers.length)
  markers.forEach((marker, index) => words.writeUInt32LE(marker, 4 * index))
  return { bytes, markers: words }
}

function number(value: number, word: number): Buffer {
  const bytes = Buffer.alloc(word)
  bytes.writeUInt32LE(value)
  return bytes
}

/** CONFIG_KALLSYMS_ABSOLUTE_PERCPU: what lies in each CPU's data as it is, all else below zero. */
function byCpu(entries: readonly Entry[]): Buffer {
  return pad(
    offsets(entries, ({ address }) =>
      address < relativeBase ? Number(address) : Number(relativeBase - 1n - address),
    ),
    8,
  )
}

function byBase(entries: readonly Entry[]): Buffer {
  return offsets(entries, ({ address }) => Number(address - relativeBase))
}

function byPlace(entries: readonly Entry[], place: bigint): Buffer {
  return offsets(entries, ({ address }, index) => Number(address - place) - 4 * index)
}

function offsets(
  entries: readonly Entry[],
  offsetOf: (entry: Entry, index: number) => number,
): Buffer {
  const bytes = Buffer.alloc(4 * entries.length)
  entries.forEach((entry, index) => bytes.writeInt32LE(offsetOf(entry, index), 4 * index))
  return bytes
}

/** An ELF file with these parts as its loaded data, at addresses that are multiples of 8 in the file as in memory. */
function image(parts: readonly Buffer[]): Buffer {
  const file = elf({ data: Buffer.concat([...parts, Buffer.alloc(64)]) })
  file.writeBigUInt64LE(dataAddress, 64 + 16)
  if (dataAt % 8 !== 0) throw new Error('expected data at a multiple of 8')
  return file
}

function pad(bytes: Buffer, to: number): Buffer {
  return Buffer.concat([bytes], Math.ceil(bytes.length / to) * to)
}
