import { createHash } from 'node:crypto'

/** One of the parts into which a run is divided, for a machine each. */
export interface Shard {
  /** From 1. */
  readonly index: number
  readonly count: number
}

/** A guest of the whole run. */
export interface WeighedGuest {
  /** Its kernel, as it was asked for. */
  readonly spec: string
  readonly scenario: string
  /** What it is reckoned to take, in ms. */
  readonly ms: number
}

/** A run divided into parts. */
export interface Division {
  /** The guests of each part, in the order of the run. */
  readonly parts: readonly (readonly WeighedGuest[])[]
  /** Of all that decides which guest is in which part: parts of two divisions make no whole. */
  readonly digest: string
}

/**
 * Divides guests into parts that take about as long: each in turn, the longest first, goes to the part that has the least so far. The
 * same guests and figures come out the same on every machine.
 */
export function divide(guests: readonly WeighedGuest[], count: number): Division {
  const sums = Array.from({ length: count }, () => 0)
  const partOf = new Map<WeighedGuest, number>()
  const heaviest = guests
    .map((guest, place) => ({ guest, place }))
    .toSorted((a, b) => b.guest.ms - a.guest.ms || a.place - b.place)
  for (const { guest } of heaviest) {
    const least = sums.indexOf(Math.min(...sums))
    sums[least] = (sums[least] ?? 0) + guest.ms
    partOf.set(guest, least)
  }
  const parts = sums.map((_, part) => guests.filter(guest => partOf.get(guest) === part))
  const named = parts.map(part => part.map(({ spec, scenario }) => [spec, scenario]))
  return { parts, digest: createHash('sha256').update(JSON.stringify(named)).digest('hex') }
}
