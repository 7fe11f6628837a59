/**
 * The sections of a 64-bit little-endian ELF file by name (the format: elf(5)). Kernel modules and shared objects keep
 * them even where they are stripped. Of several sections with one name the last counts.
 *
 * @throws TypeError where the bytes are no such file
 */
export function elfSections(bytes: Buffer): Map<string, Buffer> {
  if (bytes.length < 64 || bytes.toString('latin1', 0, 6) !== '\x7fELF\x02\x01') {
    throw new TypeError('expected a 64-bit little-endian ELF file')
  }
  const table = Number(bytes.readBigUInt64LE(0x28))
  const [entrySize, count, namesIndex] = [0x3a, 0x3c, 0x3e].map(at => bytes.readUInt16LE(at)) as [
    number,
    number,
    number,
  ]
  if (entrySize < 64) throw new TypeError('an ELF file with section headers of no known form')
  if (table + entrySize * count > bytes.length) throw new TypeError('a truncated ELF file')
  const sections = Array.from({ length: count }, (_, index) => {
    const at = table + index * entrySize
    const offset = Number(bytes.readBigUInt64LE(at + 0x18))
    const size = Number(bytes.readBigUInt64LE(at + 0x20))
    // SHT_NOBITS takes no room in the file.
    const isEmpty = bytes.readUInt32LE(at + 4) === 8
    return {
      name: bytes.readUInt32LE(at),
      content: bytes.subarray(offset, isEmpty ? offset : offset + size),
    }
  })
  const names = sections[namesIndex]?.content ?? Buffer.alloc(0)
  return new Map(sections.map(({ name, content }) => [textAt(names, name), content]))
}

/** The text that starts at `at` and ends before a NUL. */
export function textAt(bytes: Buffer, at: number): string {
  const end = bytes.indexOf(0, at)
  return bytes.toString('latin1', at, end === -1 ? bytes.length : end)
}
