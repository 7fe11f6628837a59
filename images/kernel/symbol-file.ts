import { elfHeaderSize } from '../elf.js'
import type { KernelSymbol } from './symbol-table.js'

const sectionHeaderSize = 64
const symbolSize = 24

/** A section as it is written: what stands in its header (elf(5), Elf64_Shdr). */
interface Section {
  readonly name: string
  readonly type: number
  readonly flags?: bigint
  readonly address?: bigint
  /** Of what takes no room in the file. */
  readonly size?: bigint
  readonly content?: Buffer
  readonly link?: number
  readonly info?: number
  readonly entrySize?: number
}

// elf(5): SHT_SYMTAB, SHT_STRTAB, SHT_NOBITS; SHF_ALLOC | SHF_EXECINSTR; STB_GLOBAL with STT_FUNC; EM_X86_64; ET_EXEC.
const [symtab, strtab, nobits] = [2, 3, 8]
const [alloc, globalFunction, x86_64, executable] = [6n, 0x12, 62, 2]

/**
 * An ELF file that gives functions their names, and holds none of their code: a debugger reads that from the guest. It stands in for the
 * vmlinux of a kernel that came without.
 *
 * @param symbols - by address; at least one
 */
export function symbolFile(symbols: readonly KernelSymbol[]): Buffer {
  const first = symbols[0]?.address ?? 0n
  const last = symbols.at(-1)?.address ?? 0n
  const { bytes: names, offsets } = strings(symbols.map(({ name }) => name))
  const table = Buffer.alloc(symbolSize * (symbols.length + 1))
  let next = last + 1n
  for (const [index, { address }] of [...symbols.entries()].toReversed()) {
    const at = symbolSize * (index + 1)
    const following = symbols[index + 1]?.address ?? next
    if (following > address) next = following
    table.writeUInt32LE(offsets[index] ?? 0, at)
    table.writeUInt8(globalFunction, at + 4)
    // Of section 1, which spans all of them.
    table.writeUInt16LE(1, at + 6)
    table.writeBigUInt64LE(address, at + 8)
    table.writeBigUInt64LE(next - address, at + 16)
  }
  return elfFile([
    { name: '.text', type: nobits, flags: alloc, address: first, size: last + 1n - first },
    { name: '.symtab', type: symtab, content: table, link: 3, info: 1, entrySize: symbolSize },
    { name: '.strtab', type: strtab, content: names },
  ])
}

/** A file of sections alone; that of their names is put behind them, and the empty one before. */
function elfFile(given: readonly Section[]): Buffer {
  const { bytes, offsets } = strings([...given.map(({ name }) => name), '.shstrtab'])
  const sections: Section[] = [...given, { name: '.shstrtab', type: strtab, content: bytes }]
  const headers = Buffer.alloc(sectionHeaderSize * (sections.length + 1))
  const contents: Buffer[] = []
  let offset = elfHeaderSize
  sections.forEach((section, index) => {
    const content = section.content ?? Buffer.alloc(0)
    const at = sectionHeaderSize * (index + 1)
    headers.writeUInt32LE(offsets[index] ?? 0, at)
    headers.writeUInt32LE(section.type, at + 4)
    headers.writeBigUInt64LE(section.flags ?? 0n, at + 8)
    headers.writeBigUInt64LE(section.address ?? 0n, at + 16)
    headers.writeBigUInt64LE(BigInt(offset), at + 24)
    headers.writeBigUInt64LE(section.size ?? BigInt(content.length), at + 32)
    headers.writeUInt32LE(section.link ?? 0, at + 40)
    headers.writeUInt32LE(section.info ?? 0, at + 44)
    headers.writeBigUInt64LE(8n, at + 48)
    headers.writeBigUInt64LE(BigInt(section.entrySize ?? 0), at + 56)
    const padding = Buffer.alloc(-content.length & 7)
    contents.push(content, padding)
    offset += content.length + padding.length
  })
  return Buffer.concat([elfHeader(offset, sections.length + 1), ...contents, headers])
}

function elfHeader(sectionsAt: number, count: number): Buffer {
  const header = Buffer.alloc(elfHeaderSize)
  header.write('\x7fELF\x02\x01\x01', 'latin1')
  header.writeUInt16LE(executable, 0x10)
  header.writeUInt16LE(x86_64, 0x12)
  header.writeUInt32LE(1, 0x14)
  header.writeBigUInt64LE(BigInt(sectionsAt), 0x28)
  header.writeUInt16LE(elfHeaderSize, 0x34)
  header.writeUInt16LE(sectionHeaderSize, 0x3a)
  header.writeUInt16LE(count, 0x3c)
  header.writeUInt16LE(count - 1, 0x3e)
  return header
}

/** A table of texts, each with its NUL, behind an empty one. */
function strings(texts: readonly string[]): { bytes: Buffer; offsets: number[] } {
  const offsets: number[] = []
  let end = 1
  for (const text of texts) {
    offsets.push(end)
    end += Buffer.byteLength(text, 'latin1') + 1
  }
  const bytes = Buffer.from(['', ...texts].map(text => `${text}\0`).join(''), 'latin1')
  return { bytes, offsets }
}
