import { featureClaims } from './feature-claims.js'
import { archPerfmon, featureLeaves, tdxGuest, xsaveComponents } from './feature-needs.js'
import { type FeatureWord, featureWords } from './feature-words.js'
import { hex32, type LeafValue, type RegisterName, registerNames } from './leaf.js'

/** What an accelerator can execute: the leaves that QEMU's `-cpu max` shows under it, which leave out what it lacks. */
export class Executable {
  readonly #values: ReadonlyMap<string, LeafValue>

  /** @param leaves - at least those of {@link executableLeaves}, as a guest read them */
  constructor(leaves: readonly LeafValue[]) {
    this.#values = new Map(leaves.map(value => [keyOf(value.leaf, value.subleaf), value]))
  }

  /** A register as it is shown; zero in a leaf above the highest of its range, whatever CPUID answers there. */
  read(leaf: number, subleaf: number, register: RegisterName): number {
    const range = rangeOf(leaf)
    const highest = this.#values.get(keyOf(range, 0))?.registers.eax ?? 0
    if (highest < range || highest < leaf || rangeOf(highest) !== range) return 0
    return this.#values.get(keyOf(leaf, subleaf))?.registers[register] ?? 0
  }

  /** Whether any register of a leaf is not zero. */
  shows(leaf: number): boolean {
    return registerNames.some(register => this.read(leaf, 0, register) !== 0)
  }

  /** Whether a feature can be executed, by its name. */
  has(feature: string): boolean {
    if (feature === archPerfmon) return (this.read(0xa, 0, 'eax') & 0xff) !== 0
    if (feature === tdxGuest) return this.shows(0x21)
    return featureWords.some(word => {
      const bit = word.names.indexOf(feature)
      return bit >= 0 && hasBit(this.read(word.leaf, word.subleaf, word.register), bit)
    })
  }

  /** The component of XSAVE with this bit, if it is there: its size and its place in the standard format, in bytes. */
  component(bit: number): { size: number; offset: number } | null {
    const [low, high] =
      bit < 32
        ? [this.read(0xd, 0, 'eax'), this.read(0xd, 1, 'ecx')]
        : [this.read(0xd, 0, 'edx'), this.read(0xd, 1, 'edx')]
    if (!hasBit(low | high, bit % 32)) return null
    return { size: this.read(0xd, bit, 'eax'), offset: this.read(0xd, bit, 'ebx') }
  }
}

/** The leaves by which it is known what can be executed, each with its subleaf. */
export const executableLeaves: readonly (readonly [leaf: number, subleaf: number])[] = [
  ...new Map(
    [
      ...[0, 0x40000000, 0x40000001, 0x80000000, 0xc0000000].map(leaf => [leaf, 0] as const),
      ...featureWords.map(({ leaf, subleaf }) => [leaf, subleaf] as const),
      ...featureLeaves.map(({ leaf }) => [leaf, 0] as const),
      ...[...xsaveComponents.keys()].map(bit => [0xd, bit] as const),
    ].map(place => [keyOf(...place), place]),
  ).values(),
]

/** Whether a bit of a register is set. */
export function hasBit(value: number, bit: number): boolean {
  return ((value >>> bit) & 1) === 1
}

/** The bits of a feature word that promise nothing to be executed. */
export function claimedBits({ leaf, subleaf, register }: FeatureWord): number {
  return featureClaims
    .filter(
      claim => claim.leaf === leaf && claim.subleaf === subleaf && claim.register === register,
    )
    .flatMap(({ bits }) => bits)
    .reduce((mask, bit) => (mask | (1 << bit)) >>> 0, 0)
}

/** What a bit of a feature word is called: its name, or its place, such as `0x00000007.0.edx[5]`. */
export function bitName({ leaf, subleaf, register, names }: FeatureWord, bit: number): string {
  return names[bit] ?? `${hex32(leaf)}.${subleaf}.${register}[${bit}]`
}

function keyOf(leaf: number, subleaf: number): string {
  return `${leaf}.${subleaf}`
}

/** The first leaf of the range that a leaf lies in. */
function rangeOf(leaf: number): number {
  return Math.floor(leaf / 0x10000) * 0x10000
}
