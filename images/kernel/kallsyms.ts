import { elfSegments, readElfHeader } from '../elf.js'
import {
  align,
  decodeNames,
  digits,
  type Names,
  namesBefore,
  tokensAround,
} from './kallsyms-names.js'
import type { KernelSymbol } from './symbol-table.js'

/**
 * Reads the functions of a kernel out of its own table of symbols, which CONFIG_KALLSYMS puts into its read-only data
 * (scripts/kallsyms.c makes it, kernel/kallsyms.c reads it). Nothing in an image says where its parts lie, and their order differs:
 *
 *     until 6.3    offsets, relative base, number, names, markers, token table, token index (6.1.y with `seqs_of_names` in between)
 *     since 6.4    number, names, markers, token table, token index, offsets, relative base (404bad70fcf7)
 *     7.2 and 7.3  the same, in words of 4 bytes, each offset counted from its own place, and no relative base
 *
 * So each is found by its neighbour: the token table by its ten digits, the rest from there.
 *
 * @param image - the uncompressed kernel, an ELF file, as it is linked
 * @returns the functions by address; undefined where no such table is found
 */
export function readKallsyms(image: Buffer): KernelSymbol[] | undefined {
  for (let at = image.indexOf(digits); at !== -1; at = image.indexOf(digits, at + 1)) {
    const tokens = tokensAround(image, at)
    const names = tokens && namesBefore(image, tokens.start)
    if (!tokens || !names) continue
    const addresses =
      addressesBefore(image, names) ??
      addressesBehind(image, tokens.end, names.count) ??
      addressesByPlace(image, tokens.end, names.count)
    if (addresses) return functionsOf(decodeNames(image, names, tokens.texts), addresses)
  }
  return undefined
}

/** The addresses before the names, as they lie until 6.3. */
function addressesBefore(image: Buffer, { start, count }: Names): bigint[] | undefined {
  const base = start - 16
  return addressesAt(image, base - align(4 * count, 8), count, base)
}

/** The addresses behind the tokens. */
function addressesBehind(image: Buffer, end: number, count: number): bigint[] | undefined {
  const offsets = align(end, 8)
  return addressesAt(image, offsets, count, align(offsets + 4 * count, 8))
}

function addressesAt(
  image: Buffer,
  offsets: number,
  count: number,
  base: number,
): bigint[] | undefined {
  if (offsets < 0 || base < 0 || base + 8 > image.length) return undefined
  const relativeBase = image.readBigUInt64LE(base)
  if (!isKernelAddress(relativeBase)) return undefined
  const read = Array.from({ length: count }, (_, index) => image.readInt32LE(offsets + 4 * index))
  // With CONFIG_KALLSYMS_ABSOLUTE_PERCPU (until 6.14) what is not negative stands for itself, and is a place in each CPU's data.
  const byCpu = read.some(offset => offset < 0)
  const addresses = read.map(offset =>
    byCpu
      ? offset < 0
        ? relativeBase - 1n - BigInt(offset)
        : BigInt(offset)
      : relativeBase + BigInt(offset),
  )
  return ascend(addresses) ? addresses : undefined
}

/** The addresses behind the tokens where each is told from the place that it stands at. */
function addressesByPlace(image: Buffer, offsets: number, count: number): bigint[] | undefined {
  const segment = elfSegments(image, readElfHeader(image)).find(
    ({ type, offset, size }) => type === 1 && offset <= offsets && offsets < offset + size,
  )
  if (segment === undefined || offsets + 4 * count > image.length) return undefined
  const place = segment.address + BigInt(offsets - segment.offset)
  const addresses = Array.from(
    { length: count },
    (_, index) => place + BigInt(4 * index) + BigInt(image.readInt32LE(offsets + 4 * index)),
  )
  return ascend(addresses) ? addresses : undefined
}

/** The symbols are sorted by their addresses. */
function ascend(addresses: readonly bigint[]): boolean {
  return addresses.every((address, index) => index === 0 || address >= (addresses[index - 1] ?? 0n))
}

/** The top 2 GB, where a kernel is linked (Documentation/arch/x86/x86_64/mm.rst). */
function isKernelAddress(address: bigint): boolean {
  return address >= 0xffffffff80000000n
}

function functionsOf(names: readonly string[], addresses: readonly bigint[]): KernelSymbol[] {
  return names.flatMap((name, index) => {
    const address = addresses[index] ?? 0n
    return /^[tTwW]/.test(name) && isKernelAddress(address)
      ? [{ address, name: name.slice(1) }]
      : []
  })
}
