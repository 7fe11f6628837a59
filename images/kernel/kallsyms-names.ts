// The tokens of the codes 0x30 to 0x39 stand for themselves, as those of all characters that names have.
/** What a token table has somewhere. */
export const digits = Buffer.from('\x000\x001\x002\x003\x004\x005\x006\x007\x008\x009\0')
const tokenCount = 256

/** The texts that stand behind the codes of which names are made. */
export interface Tokens {
  readonly texts: readonly string[]
  readonly start: number
  /** Behind the index. */
  readonly end: number
}

/** The token table whose digits stand at `at`, where the index behind it agrees. */
export function tokensAround(image: Buffer, at: number): Tokens | undefined {
  const zero = at + 1
  let end = zero
  const positions: number[] = []
  for (let code = 0x30; code < tokenCount; code += 1) {
    positions.push(end)
    const stop = image.indexOf(0, end)
    // KSYM_NAME_LEN.
    if (stop === -1 || stop - end > 512) return undefined
    end = stop + 1
  }
  const index = [align(end, 4), align(end, 8)].find(place => indexAgrees(image, place, positions))
  if (index === undefined) return undefined
  const offsets = Array.from({ length: tokenCount }, (_, code) =>
    image.readUInt16LE(index + 2 * code),
  )
  const start = zero - (offsets[0x30] ?? 0)
  const texts = offsets.map(offset => {
    const from = start + offset
    return image.toString('latin1', from, image.indexOf(0, from))
  })
  return { texts, start, end: index + 2 * tokenCount }
}

/** Whether a token index says where the tokens from the first digit on lie. */
function indexAgrees(image: Buffer, index: number, positions: readonly number[]): boolean {
  if (index + 2 * tokenCount > image.length || image.readUInt16LE(index) !== 0) return false
  const start = (positions[0] ?? 0) - image.readUInt16LE(index + 2 * 0x30)
  return (
    start >= 0 &&
    positions.every(
      (position, code) => image.readUInt16LE(index + 2 * (code + 0x30)) === position - start,
    )
  )
}

/** Where the names are, and how many. */
export interface Names {
  readonly start: number
  readonly count: number
}

// Each marker says where the 256th name after the last one begins.
const namesOfMarker = 256

/**
 * The names, which stand somewhere before the tokens: behind their number, and before the markers. What is read as them must come to
 * where the markers say, from the first to the last.
 */
export function namesBefore(image: Buffer, tokens: number): Names | undefined {
  for (let start = tokens - (tokens % 4); start >= Math.max(8, tokens - mostNames); start -= 4) {
    // As 8 bytes where the parts begin at multiples of 8.
    const next = image.readUInt32LE(start - 4)
    const count = next === 0 ? image.readUInt32LE(start - 8) : next
    if (count <= namesOfMarker || count * 2 > tokens - start) continue
    if (markersAgree(image, { start, count }, tokens)) return { start, count }
  }
  return undefined
}

// A million names of 16 bytes.
const mostNames = 2 ** 24

function markersAgree(image: Buffer, { start, count }: Names, tokens: number): boolean {
  const seen: number[] = []
  let at = start
  for (let name = 0; name < count; name += 1) {
    if (name % namesOfMarker === 0) seen.push(at - start)
    const { length, from } = nameAt(image, at)
    at = from + length
    if (length === 0 || at >= tokens) return false
  }
  return [align(at, 4), align(at, 8)].some(
    markers =>
      markers + 4 * seen.length <= tokens &&
      seen.every((offset, index) => image.readUInt32LE(markers + 4 * index) === offset),
  )
}

/** The length of a name in tokens, and where those begin. Since 6.1 one of 128 and more takes two bytes (73bbb94466fd). */
function nameAt(image: Buffer, at: number): { length: number; from: number } {
  const low = image.readUInt8(at)
  return (low & 0x80) === 0
    ? { length: low, from: at + 1 }
    : { length: (low & 0x7f) | (image.readUInt8(at + 1) << 7), from: at + 2 }
}

/** The names, each with the letter of its type before it (nm(1)). */
export function decodeNames(
  image: Buffer,
  { start, count }: Names,
  tokens: readonly string[],
): string[] {
  const names: string[] = []
  for (let at = start; names.length < count;) {
    const { length, from } = nameAt(image, at)
    at = from + length
    let name = ''
    for (const code of image.subarray(from, at)) name += tokens[code] ?? ''
    names.push(name)
  }
  return names
}

/** The next place that is a multiple of `to`. */
export function align(at: number, to: number): number {
  return Math.ceil(at / to) * to
}
