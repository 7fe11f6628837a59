/**
 * An ELF file with these sections, made for the readers of sections alone: a header, the contents, and the section table.
 */
export function elfFile(sections: Readonly<Record<string, Buffer>>): Buffer {
  const named = Object.entries({ '': Buffer.alloc(0), ...sections })
  const names = [...named.map(([name]) => name), '.shstrtab']
  const texts = Buffer.from(names.map(name => `${name}\0`).join(''))
  const contents = [...named.map(([, content]) => content), texts]
  const offsets = contents.map(
    (_, index) => 64 + contents.slice(0, index).reduce((sum, content) => sum + content.length, 0),
  )
  const header = Buffer.alloc(64)
  header.write('\x7fELF\x02\x01\x01', 'latin1')
  header.writeBigUInt64LE(BigInt(64 + contents.reduce((sum, { length }) => sum + length, 0)), 0x28)
  header.writeUInt16LE(64, 0x3a)
  header.writeUInt16LE(names.length, 0x3c)
  header.writeUInt16LE(names.length - 1, 0x3e)
  const table = contents.map((content, index) => {
    const entry = Buffer.alloc(64)
    entry.writeUInt32LE(
      names.slice(0, index).reduce((sum, name) => sum + name.length + 1, 0),
      0,
    )
    entry.writeUInt32LE(1, 4)
    entry.writeBigUInt64LE(BigInt(offsets[index] ?? 0), 0x18)
    entry.writeBigUInt64LE(BigInt(content.length), 0x20)
    return entry
  })
  return Buffer.concat([header, ...contents, ...table])
}

/** A program or library that needs others. */
export function linkedFile(libraries: readonly string[], interpreter?: string): Buffer {
  const names = Buffer.from(['', ...libraries].map(name => `${name}\0`).join(''))
  const dynamic = Buffer.alloc(16 * (libraries.length + 2))
  // DT_SONAME, which is none of the needed ones.
  dynamic.writeBigUInt64LE(14n, 0)
  libraries.forEach((library, index) => {
    dynamic.writeBigUInt64LE(1n, 16 * (index + 1))
    dynamic.writeBigUInt64LE(BigInt(names.indexOf(`\0${library}\0`) + 1), 16 * (index + 1) + 8)
  })
  return elfFile({
    ...(interpreter === undefined ? {} : { '.interp': Buffer.from(`${interpreter}\0`) }),
    '.dynstr': names,
    '.dynamic': dynamic,
  })
}
