/** A table of an ELF file: its place, and how large and how many its entries are. */
export interface ElfTable {
  readonly offset: number
  readonly entrySize: number
  readonly count: number
}

/** Where an ELF file's tables lie. */
export interface ElfHeader {
  /** What is loaded into memory. */
  readonly segments: ElfTable
  readonly sections: ElfTable
  /** The section that holds the names of all. */
  readonly namesIndex: number
}

/** A part of a file. */
export interface ElfSegment {
  /** 1 is loaded into memory, 4 holds notes. */
  readonly type: number
  readonly offset: number
  /** Where it is linked to lie in memory. */
  readonly address: bigint
  readonly size: number
}

/** The size of an ELF file's own header. */
export const elfHeaderSize = 64

/** Whether a file that begins with these bytes is an ELF file, of whatever class. */
export function looksLikeElf(head: Buffer): boolean {
  return head.toString('latin1', 0, 4) === '\x7fELF'
}

/**
 * Reads the header of a 64-bit little-endian ELF file (elf(5)).
 *
 * @param head - its first bytes, {@link elfHeaderSize} at least
 * @throws TypeError where the bytes are no such file's
 */
export function readElfHeader(head: Buffer): ElfHeader {
  if (head.length < elfHeaderSize || head.toString('latin1', 0, 6) !== '\x7fELF\x02\x01')
    throw new TypeError('expected a 64-bit little-endian ELF file')
  const table = (offsetAt: number, sizesAt: number): ElfTable => ({
    offset: Number(head.readBigUInt64LE(offsetAt)),
    entrySize: head.readUInt16LE(sizesAt),
    count: head.readUInt16LE(sizesAt + 2),
  })
  return {
    segments: table(0x20, 0x36),
    sections: table(0x28, 0x3a),
    namesIndex: head.readUInt16LE(0x3e),
  }
}

/** The first byte behind a table. */
export function endOfTable({ offset, entrySize, count }: ElfTable): number {
  return offset + entrySize * count
}

/**
 * The segments that a program header table names.
 *
 * @param head - the file's bytes up to the end of that table
 */
export function elfSegments(head: Buffer, { segments }: ElfHeader): ElfSegment[] {
  return Array.from({ length: segments.count }, (_, index) => {
    const at = segments.offset + index * segments.entrySize
    const offset = Number(head.readBigUInt64LE(at + 8))
    const address = head.readBigUInt64LE(at + 16)
    const size = Number(head.readBigUInt64LE(at + 32))
    return { type: head.readUInt32LE(at), offset, address, size }
  })
}

/** A section of an ELF file, as its header has it. */
export interface ElfSection {
  /** 2 is a symbol table, 8 takes no room in the file. */
  readonly type: number
  readonly offset: number
  readonly size: number
  /** Of a symbol table the section with its names. */
  readonly link: number
  /** Where its own name stands in the section of names. */
  readonly name: number
}

/**
 * The sections that a section header table names.
 *
 * @param bytes - what holds the table, at the offset that the header states
 * @throws TypeError where they have no known form, or the table is cut short
 */
export function elfSectionHeaders(bytes: Buffer, { sections: table }: ElfHeader): ElfSection[] {
  if (table.entrySize < 64) throw new TypeError('an ELF file with section headers of no known form')
  if (endOfTable(table) > bytes.length) throw new TypeError('a truncated ELF file')
  return Array.from({ length: table.count }, (_, index) => {
    const at = table.offset + index * table.entrySize
    return {
      name: bytes.readUInt32LE(at),
      type: bytes.readUInt32LE(at + 4),
      offset: Number(bytes.readBigUInt64LE(at + 0x18)),
      size: Number(bytes.readBigUInt64LE(at + 0x20)),
      link: bytes.readUInt32LE(at + 0x28),
    }
  })
}

/**
 * The sections of an ELF file by name. Kernel modules and shared objects keep them even where they are stripped. Of several
 * sections with one name the last counts.
 *
 * @param bytes - the whole file
 * @throws TypeError where the bytes are no 64-bit little-endian ELF file
 */
export function elfSections(bytes: Buffer): Map<string, Buffer> {
  const header = readElfHeader(bytes)
  const sections = elfSectionHeaders(bytes, header).map(({ name, type, offset, size }) => ({
    name,
    // SHT_NOBITS takes no room in the file.
    content: bytes.subarray(offset, type === 8 ? offset : offset + size),
  }))
  const names = sections[header.namesIndex]?.content ?? Buffer.alloc(0)
  return new Map(sections.map(({ name, content }) => [textAt(names, name), content]))
}

/** The text that starts at `at` and ends before a NUL. */
export function textAt(bytes: Buffer, at: number): string {
  const end = bytes.indexOf(0, at)
  return bytes.toString('latin1', at, end === -1 ? bytes.length : end)
}
