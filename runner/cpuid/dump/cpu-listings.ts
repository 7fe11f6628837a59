import { type CpuDump, hex32, type LeafValue, registerNames, type Registers } from '../leaf.js'
import type { LeafLine } from './format.js'
import type { DumpNote } from './note.js'

/** The leaves below one heading. */
interface Listing {
  readonly line: number
  readonly cpu: number | null
  /** By leaf, then by subleaf. */
  readonly leaves: Map<number, Map<number, Placed>>
}

interface Placed {
  readonly value: LeafValue
  readonly line: number
}

/** A line that says something else than an earlier one. */
interface Conflict {
  readonly line: number
  readonly expected: string
}

/** Sorts the leaves of a file, as they come, by CPU and subleaf. */
export class CpuListings {
  readonly #relists: boolean
  readonly #listings: Listing[] = []

  /** @param relists - whether the first of several listings of a CPU counts; else they must agree */
  constructor(relists: boolean) {
    this.#relists = relists
  }

  /** A CPU's leaves begin, below a heading in `line`. */
  begin(cpu: number | null, line: number): void {
    this.#listings.push({ line, cpu, leaves: new Map() })
  }

  /** Takes a leaf that stands in `line`. Returns what was expected where the listing has it with another value; else null. */
  add(leafLine: LeafLine, line: number): string | null {
    const listing = this.#listingFor(leafLine, line)
    const { leaf, registers } = leafLine
    const ofLeaf = listing.leaves.get(leaf) ?? new Map<number, Placed>()
    listing.leaves.set(leaf, ofLeaf)
    const subleaf = leafLine.subleaf ?? impliedSubleaf(leafLine, ofLeaf)
    const before = ofLeaf.get(subleaf)
    if (before !== undefined)
      return sameRegisters(before.value.registers, registers) ? null : otherThan(before)
    ofLeaf.set(subleaf, { value: { leaf, subleaf, registers }, line })
    return null
  }

  /** All the CPUs by their number, and what does not fit together. */
  end(): { cpus: CpuDump[]; conflicts: Conflict[]; notes: DumpNote[] } {
    const cpus = new Map<number, Listing>()
    const conflicts: Conflict[] = []
    const notes: DumpNote[] = []
    for (const listing of this.#listings) {
      const { line } = listing
      if (listing.leaves.size === 0) {
        notes.push({ kind: 'empty', line, cpu: listing.cpu })
        continue
      }
      const cpu = listing.cpu ?? this.#unnumbered(listing, cpus)
      const first = cpus.get(cpu)
      if (first === undefined) {
        cpus.set(cpu, listing)
        continue
      }
      const differing = merge(first, listing)
      if (!this.#relists)
        conflicts.push(
          ...differing.map(({ before, again }) => ({
            line: again.line,
            expected: otherThan(before),
          })),
        )
      const leaves = [...new Set(differing.map(({ again }) => again.value.leaf))]
      if (this.#relists || leaves.length === 0)
        notes.push({ kind: 'again', line, cpu, differing: leaves })
    }
    return {
      cpus: [...cpus]
        .toSorted(([a], [b]) => a - b)
        .map(([cpu, { leaves }]) => ({
          cpu,
          leaves: [...leaves.values()].flatMap(ofLeaf =>
            [...ofLeaf.values()].map(({ value }) => value),
          ),
        })),
      conflicts,
      notes,
    }
  }

  #listingFor({ leaf, subleaf }: LeafLine, line: number): Listing {
    const last = this.#listings.at(-1)
    // Without headings a CPU begins where its first leaf comes again: one that tells the highest of its range has no subleaves.
    const [first] = last?.leaves.keys() ?? []
    const again = subleaf === null && leaf === first && leaf % 0x10000 === 0
    if (last !== undefined && !again) return last
    const listing = { line, cpu: null, leaves: new Map() }
    this.#listings.push(listing)
    return listing
  }

  /** The number of a CPU that has none: that of an earlier one with its APIC id, if CPUs may be listed again; else the next. */
  #unnumbered(listing: Listing, cpus: ReadonlyMap<number, Listing>): number {
    const id = apicId(listing)
    const [same] = [...cpus].find(([, other]) => id !== null && apicId(other) === id) ?? []
    if (this.#relists && same !== undefined) return same
    return cpus.size === 0 ? 0 : Math.max(...cpus.keys()) + 1
  }
}

/**
 * The subleaf of a line that does not say it: as many as stand before it. AVX alone is known by its value, since listings without notes leave
 * out subleaf 1 of CPUs without XSAVEOPT: 256 bytes at offset 576 (Intel SDM vol. 1, 13.4.2).
 */
function impliedSubleaf(
  { leaf, registers }: LeafLine,
  before: ReadonlyMap<number, Placed>,
): number {
  const next = before.size === 0 ? 0 : Math.max(...before.keys()) + 1
  const isAvx = leaf === 0xd && registers.eax === 256 && registers.ebx === 576
  return isAvx && next === 1 ? 2 : next
}

/** The x2APIC id that leaf 0xb tells, or else the APIC id of leaf 1; null of a listing with neither. */
function apicId({ leaves }: Listing): number | null {
  const extended = leaves.get(0xb)?.get(0)?.value.registers
  if (extended !== undefined && extended.ebx !== 0) return extended.edx
  const basic = leaves.get(1)?.get(0)?.value.registers
  return basic === undefined ? null : basic.ebx >>> 24
}

/** Adds to the first listing of a CPU what only a later one has; returns the leaves that both have, with other values. */
function merge(first: Listing, again: Listing): { before: Placed; again: Placed }[] {
  const differing: { before: Placed; again: Placed }[] = []
  for (const [leaf, subleaves] of again.leaves) {
    const ofLeaf = first.leaves.get(leaf)
    if (ofLeaf === undefined) first.leaves.set(leaf, subleaves)
    else
      for (const [subleaf, placed] of subleaves) {
        const before = ofLeaf.get(subleaf)
        if (before === undefined) ofLeaf.set(subleaf, placed)
        else if (!sameRegisters(before.value.registers, placed.value.registers))
          differing.push({ before, again: placed })
      }
  }
  return differing
}

function sameRegisters(a: Registers, b: Registers): boolean {
  return registerNames.every(name => a[name] === b[name])
}

function otherThan({ line, value: { leaf, subleaf } }: Placed): string {
  return `the values of line ${line}, which has subleaf ${subleaf} of ${hex32(leaf)} for the same CPU`
}
