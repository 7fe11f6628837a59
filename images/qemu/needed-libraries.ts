import { elfSections, textAt } from '../elf.js'

/** What a program or shared object asks of the dynamic loader. */
export interface DynamicNeeds {
  /** The path of the loader itself; programs have one. */
  readonly interpreter: string | null
  /** The file names (DT_NEEDED) of the libraries that it is linked to. */
  readonly libraries: readonly string[]
}

const dtNeeded = 1n

/**
 * Reads what an ELF file needs to be loaded; a static program needs nothing.
 *
 * @throws TypeError where it is no 64-bit ELF file
 */
export function dynamicNeeds(file: Buffer): DynamicNeeds {
  const sections = elfSections(file)
  const [dynamic, names, interpreter] = ['.dynamic', '.dynstr', '.interp'].map(name =>
    sections.get(name),
  )
  const libraries: string[] = []
  for (let at = 0; dynamic && names && at + 16 <= dynamic.length; at += 16) {
    if (dynamic.readBigUInt64LE(at) !== dtNeeded) continue
    libraries.push(textAt(names, Number(dynamic.readBigUInt64LE(at + 8))))
  }
  return { interpreter: interpreter ? textAt(interpreter, 0) : null, libraries }
}
