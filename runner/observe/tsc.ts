import type { LeafLookup } from '../hypervisors/facts.js'
import {
  toldFrequencies,
  type ToldFrequency,
  tscLeaves,
  withinHighest,
} from '../cpuid/tsc-frequency.js'

/** What a guest is told of its TSC, and what is so. */
export interface ObservedTsc {
  readonly told: readonly ToldFrequency[]
  /** What it counts at, in kHz; null where that is not known. */
  readonly counts: number | null
  /** Whether all that is told is true; null where that is not known. */
  readonly isTrue: boolean | null
  /** Why it does not count at what was asked for; null where it does. */
  readonly why: string | null
}

/** How far a told frequency may be off, as a part of it: what a kernel that measures allows itself (arch/x86/kernel/tsc.c, 0.1 %). */
const tolerance = 1e-3

/** What a guest is told of its TSC. */
export function toldOfTsc(leaf: LeafLookup): ToldFrequency[] {
  return toldFrequencies(withinHighest(leaf))
}

/** What a guest is told of its TSC, with what that counts at. */
export function observeTsc(
  told: readonly ToldFrequency[],
  { khz, why }: { readonly khz: number | null; readonly why: string | null },
): ObservedTsc {
  // 0x16 has whole MHz of the processor: beside 0x15 it says nothing of the TSC.
  const exact = told.some(({ leaf }) => leaf === tscLeaves.crystal)
  const ofTsc = told.filter(({ leaf }) => !exact || leaf !== tscLeaves.base)
  const isTrue =
    khz === null ? null : ofTsc.every(each => Math.abs(each.khz / khz - 1) <= tolerance)
  return { told, counts: khz, isTrue: told.length === 0 ? null : isTrue, why }
}
