import { groupBy } from '../group-by.js'
import { counted } from '../terminal/counted.js'
import { printable } from '../terminal/printable.js'
import type { BitChange } from './asked-bits.js'
import { type Difference, nameOf } from './difference.js'
import { formatFact } from './fact.js'
import type { IgnoredFact } from './ignore.js'

/** More bits than these are another value, and no change of bits. */
export const mostBits = 8

// Names in a heading; the lines below have all of them.
const mostNames = 6

/** What differs, by name: `flag smep, interface clock.tsc`. */
export function namesOf(differences: readonly Difference[]): string {
  const names = differences.map(nameOf)
  const more = names.length - mostNames
  const shown = names.slice(0, more > 0 ? mostNames : undefined).map(printable)
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].join(', ')
}

/** The lines of what differs: `- …` for what is no more, `+ …` for what is new, and the bits of CPUID by name. */
export function differenceLines(differences: readonly Difference[]): string[] {
  return differences.flatMap(({ gone, fresh, bits }) =>
    [
      ...gone.map(fact => `- ${formatFact(fact)}`),
      ...fresh.map(fact => `+ ${formatFact(fact)}`),
      ...(bits.length > mostBits ? [] : bits.map(bit => `  ${bitInWords(bit)}`)),
    ].map(printable),
  )
}

const states = { 0: 'clear', 1: 'set', x: "the model's" } as const

/** One bit: `eax bit 0 (CLOCKSOURCE): clear -> set`. */
export function bitInWords({ register, bit, name, was, is }: BitChange): string {
  const called = name === null ? '' : ` (${name})`
  return `${register} bit ${bit}${called}: ${states[was]} -> ${states[is]}`
}

/** What differs and does not count, a line for each rule. */
export function ignoredLines(ignored: readonly IgnoredFact[]): string[] {
  const byPlace = groupBy(ignored, ({ rule }) => rule.place)
  return [...byPlace].map(([place, facts]) => {
    const [first] = facts
    const shown = first === undefined ? '' : `${first.sign} ${formatFact(first.fact)}`
    const more = facts.length > 1 ? ` and ${facts.length - 1} more` : ''
    return printable(
      `ignored: ${counted(facts.length, 'difference')}: ${shown}${more} (${place}: ${first?.rule.reason ?? ''})`,
    )
  })
}
