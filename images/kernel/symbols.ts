import { type FileHandle, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openRegularFile } from '../../runner/bounded-file.js'
import { cacheFolder, writeAtomically } from '../../runner/cache/files.js'
import { elfHeaderSize, elfSectionHeaders, looksLikeElf, readElfHeader, textAt } from '../elf.js'
import { inspectImage, maxImage, uncompressedImage } from './image.js'
import { readKallsyms } from './kallsyms.js'
import { type KernelSymbol, SymbolTable } from './symbol-table.js'
import { maxKernelSize } from './vmlinux.js'

/**
 * The functions of a kernel: of a vmlinux that is not stripped as the linker has them, of any other image as it knows them itself.
 * They are read once, and kept in the cache by the image's SHA-256.
 *
 * @param path - an image that {@link inspectImage} has passed
 * @returns null where they can't be had: the kernel was built without CONFIG_KALLSYMS, or its decompressor is not installed
 */
export async function kernelSymbols(path: string): Promise<SymbolTable | null> {
  try {
    const { sha256 } = await inspectImage(path, path)
    const kept = join(cacheFolder(), 'symbols', `${sha256}.v1`)
    const text = await readFile(kept, 'latin1').catch(() => null)
    if (text !== null) return SymbolTable.fromText(text)
    const symbols = await readSymbols(path)
    if (symbols === undefined || symbols.length === 0) return null
    const table = new SymbolTable(symbols)
    await writeAtomically(kept, table.toText())
    return table
  } catch {
    // A death is told without its function, too.
    return null
  }
}

async function readSymbols(path: string): Promise<KernelSymbol[] | undefined> {
  await using file = await openRegularFile(path, { what: path, maxBytes: maxImage })
  const linked = await linkedFunctions(file)
  if (linked.length > 0) return linked
  const { size } = await file.stat()
  if (size > maxKernelSize) return undefined
  const parts: Buffer[] = []
  for await (const part of uncompressedImage(file)) parts.push(part)
  return readKallsyms(Buffer.concat(parts))
}

/** Whether a file is a vmlinux that is not stripped, which gdb reads as it is. */
export async function hasLinkedSymbols(path: string): Promise<boolean> {
  await using file = await openRegularFile(path, { what: path, maxBytes: maxImage })
  return (await linkedFunctions(file)).length > 0
}

/** The functions in the symbol table of a vmlinux; none of any other file. Of one with all debugging information no more is read. */
async function linkedFunctions(file: FileHandle): Promise<KernelSymbol[]> {
  const head = await part(file, 0, elfHeaderSize)
  if (!looksLikeElf(head)) return []
  const { sections: table, ...header } = readElfHeader(head)
  const bytes = await part(file, table.offset, table.entrySize * table.count)
  const sections = elfSectionHeaders(bytes, { ...header, sections: { ...table, offset: 0 } })
  // SHT_SYMTAB, and the names that belong to it (elf(5)).
  const symbols = sections.find(({ type }) => type === 2)
  const strings = symbols && sections[symbols.link]
  if (!symbols || !strings) return []
  const entries = await part(file, symbols.offset, symbols.size)
  const names = await part(file, strings.offset, strings.size)
  return functionsIn(entries, names)
}

const symbolSize = 24
// STT_FUNC, and STT_NOTYPE, which functions written in assembly may have (elf(5)).
const kinds: readonly number[] = [0, 2]

/** The functions of an ELF file's symbol table (elf(5), Elf64_Sym). */
export function functionsIn(entries: Buffer, names: Buffer): KernelSymbol[] {
  const found: KernelSymbol[] = []
  for (let at = 0; at + symbolSize <= entries.length; at += symbolSize) {
    const kind = entries.readUInt8(at + 4) & 0xf
    const section = entries.readUInt16LE(at + 6)
    const address = entries.readBigUInt64LE(at + 8)
    // Behind SHN_LORESERVE are absolute values, which are no places in the code.
    if (!kinds.includes(kind) || section === 0 || section >= 0xff00) continue
    const name = textAt(names, entries.readUInt32LE(at))
    if (address >= 0xffffffff80000000n && name !== '') found.push({ address, name })
  }
  return found
}

async function part(file: FileHandle, offset: number, size: number): Promise<Buffer> {
  const bytes = Buffer.alloc(size)
  const { bytesRead } = await file.read(bytes, 0, size, offset)
  return bytes.subarray(0, bytesRead)
}
