import { type Fact, type FactKind, formatFact } from '../baseline/fact.js'

/** A fact that a matrix compares: one of a baseline's, the verdict, or of two failures why they are. */
export type MatrixFact = Fact<FactKind | 'verdict' | 'why' | 'ending'>

/** A fact that is new (`+`) or gone (`-`) against an older kernel. */
export interface Change {
  readonly sign: '+' | '-'
  readonly fact: MatrixFact
}

/** A change as a line: `+ hypervisor KVM`. */
export function formatChange({ sign, fact }: Change): string {
  return `${sign} ${formatFact(fact)}`
}
