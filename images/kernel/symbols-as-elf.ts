import type { KernelSymbol } from './symbol-table.js'

const headerSize = 64
const sectionSize = 64
const symbolSize = 24

/**
 * An ELF file (elf(5)) with nothing in it but the names and addresses of functions, for gdb: one section without content from the
 * first to the last of them, and their symbol table.
 */
export function symbolsAsElf(symbols: readonly KernelSymbol[]): Buffer {
  const sorted = symbols.toSorted((a, b) =>
    a.address < b.address ? -1 : a.address > b.address ? 1 : 0,
  )
  const first = sorted[0]?.address ?? 0n
  const last = sorted.at(-1)?.address ?? 0n
  const strings: Buffer[] = [Buffer.from([0])]
  let nameAt = 1
  const table = Buffer.alloc(symbolSize * (sorted.length + 1))
  sorted.forEach(({ address, name }, index) => {
    const at = symbolSize * (index + 1)
    const next = sorted[index + 1]?.address ?? address + 16n
    table.writeUInt32LE(nameAt, at)
    // STB_GLOBAL, STT_FUNC, in the first section.
    table.writeUInt8(0x12, at + 4)
    table.writeUInt16LE(1, at + 6)
    table.writeBigUInt64LE(address, at + 8)
    table.writeBigUInt64LE(next - address, at + 16)
    const bytes = Buffer.from(`${name}\0`)
    strings.push(bytes)
    nameAt += bytes.length
  })
  const names = Buffer.concat(strings)
  const sectionNames = Buffer.from('\0.text\0.symtab\0.strtab\0.shstrtab\0')
  const parts = [table, names, sectionNames]
  const offsets = parts.map((_, index) =>
    parts.slice(0, index).reduce((sum, { length }) => sum + length, headerSize),
  )
  const end = parts.reduce((sum, { length }) => sum + length, headerSize)
  const [tableAt = 0, namesAt = 0, sectionNamesAt = 0] = offsets
  return Buffer.concat([
    fileHeader(end),
    ...parts,
    section({}),
    // SHT_NOBITS, SHF_ALLOC and SHF_EXECINSTR.
    section({
      name: 1,
      type: 8,
      flags: 6n,
      address: first,
      size: last - first + 16n,
      offset: headerSize,
    }),
    // SHT_SYMTAB, whose names are in the next; the first symbol that is global is the second.
    section({
      name: 7,
      type: 2,
      offset: tableAt,
      size: BigInt(table.length),
      link: 3,
      info: 1,
      entry: symbolSize,
    }),
    section({ name: 15, type: 3, offset: namesAt, size: BigInt(names.length) }),
    section({ name: 23, type: 3, offset: sectionNamesAt, size: BigInt(sectionNames.length) }),
  ])
}

function fileHeader(sectionsAt: number): Buffer {
  const header = Buffer.alloc(headerSize)
  // ELFCLASS64, ELFDATA2LSB, EV_CURRENT.
  header.write('\x7fELF\x02\x01\x01', 'latin1')
  // ET_EXEC, EM_X86_64.
  header.writeUInt16LE(2, 16)
  header.writeUInt16LE(62, 18)
  header.writeUInt32LE(1, 20)
  header.writeBigUInt64LE(BigInt(sectionsAt), 40)
  header.writeUInt16LE(headerSize, 52)
  header.writeUInt16LE(sectionSize, 58)
  header.writeUInt16LE(5, 60)
  header.writeUInt16LE(4, 62)
  return header
}

interface Section {
  readonly name?: number
  readonly type?: number
  readonly flags?: bigint
  readonly address?: bigint
  readonly offset?: number
  readonly size?: bigint
  readonly link?: number
  readonly info?: number
  readonly entry?: number
}

function section({
  name = 0,
  type = 0,
  flags = 0n,
  address = 0n,
  offset = 0,
  size = 0n,
  link = 0,
  info = 0,
  entry = 0,
}: Section): Buffer {
  const header = Buffer.alloc(sectionSize)
  header.writeUInt32LE(name, 0)
  header.writeUInt32LE(type, 4)
  header.writeBigUInt64LE(flags, 8)
  header.writeBigUInt64LE(address, 16)
  header.writeBigUInt64LE(BigInt(offset), 24)
  header.writeBigUInt64LE(size, 32)
  header.writeUInt32LE(link, 40)
  header.writeUInt32LE(info, 44)
  header.writeBigUInt64LE(1n, 48)
  header.writeBigUInt64LE(BigInt(entry), 56)
  return header
}
