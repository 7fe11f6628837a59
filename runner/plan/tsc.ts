import { statedFrequencies } from '../cpuid/tsc-frequency.js'
import type { Scenario } from '../scenario/scenario.js'
import type { LeafTable } from './leaf-table.js'

/** The rate at which a guest's TSC is to count. */
export interface AskedTsc {
  readonly khz: number
}

/**
 * The rate that a scenario asks of its TSC: its own number, or what its leaves tell; null where it is to count as it does. A dump is a
 * machine's, whose TSC kept what the leaves tell.
 */
export function askedTsc(
  { cpu, cpuid }: Pick<Scenario, 'cpu' | 'cpuid'>,
  table: LeafTable,
): AskedTsc | null {
  const isDump = cpuid.some(entry => 'dump' in entry)
  const asked = cpu.tsc ?? (isDump ? 'told' : 'own')
  if (asked === 'own') return null
  if (asked !== 'told') return { khz: asked }
  const [told] = statedFrequencies(table.edits)
  return told === undefined ? null : { khz: told.khz }
}
