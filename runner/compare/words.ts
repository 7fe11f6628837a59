import { nameOf } from '../baseline/difference.js'
import { type Fact, formatFact } from '../baseline/fact.js'
import { bitInWords, mostBits } from '../baseline/text.js'
import { groupBy } from '../group-by.js'
import type { Change, MatrixFact } from '../matrix/change.js'
import { printable } from '../terminal/printable.js'
import type { ComparedScenario } from './compare.js'
import type { RegisterChange } from './leaf-changes.js'

/** Scenarios that differ in the same way. */
export interface AlikeScenarios {
  /** In order; `SCENARIO`, with what tells it from others of its name. */
  readonly names: readonly string[]
  /** What differs, a line each. */
  readonly lines: readonly string[]
  /** Why, where that is known. */
  readonly causes: readonly string[]
  /** Those of the lines that no cause is known of. */
  readonly unexplained: readonly string[]
}

/** Gathers scenarios that differ in the same way, in the order of the first of each. */
export function alike(scenarios: readonly ComparedScenario[]): AlikeScenarios[] {
  const told = scenarios.map(each => ({
    name: scenarioName(each),
    lines: [...askedLines(each), ...registerLines(each.registers)],
    causes: each.causes.map(printable),
    unexplained: changeLines(each.unexplained),
  }))
  const groups = groupBy(told, ({ lines, causes }) => JSON.stringify([lines, causes]))
  return [...groups.values()].flatMap(group => {
    const [first] = group
    return first === undefined ? [] : [{ ...first, names: group.map(({ name }) => name) }]
  })
}

/** The changes of a scenario, those of the CPUID that was asked for by their bits. */
function askedLines({ changes, asked }: ComparedScenario): string[] {
  const inBits = asked.filter(({ bits }) => bits.length > 0 && bits.length <= mostBits)
  const told = new Set(inBits.map(({ id }) => id))
  return [
    ...changeLines(changes.filter(({ fact: { kind, id } }) => kind !== 'asked' || !told.has(id))),
    ...inBits.flatMap(({ id, bits }) =>
      bits.map(bit => printable(`asked ${id ?? ''}: ${bitInWords(bit)}`)),
    ),
  ]
}

function scenarioName({ scenario, fidelity, series }: ComparedScenario): string {
  const more = [...(fidelity === 'kvm' ? ['kvm'] : []), ...(series === null ? [] : [series])]
  return more.length === 0 ? scenario : `${scenario} (${more.join(', ')})`
}

// Kinds of which the names say it all, and many may differ at a time.
const lists: Readonly<Record<string, string>> = { flag: 'flags', bug: 'bugs' }

/** Changes as lines: `clocksource current: hpet -> tsc`, `+ flags: smep, smap`. */
export function changeLines(changes: readonly Change[]): string[] {
  const listed = Object.entries(lists).flatMap(([kind, word]) =>
    (['+', '-'] as const).flatMap(sign => {
      const names = changes
        .filter(change => change.sign === sign && change.fact.kind === kind)
        .map(({ fact }) => fact.id ?? '')
      return names.length === 0
        ? []
        : [`${sign} ${names.length === 1 ? kind : word} ${names.join(', ')}`]
    }),
  )
  const others = groupBy(
    changes.filter(({ fact }) => !(fact.kind in lists)),
    ({ fact }) => nameOf(fact as Fact),
  )
  return [...[...others].flatMap(([name, group]) => ofOne(name, group)), ...listed].map(printable)
}

// Kinds of which there are many without names: one that is gone and one that is new need not have to do with each other.
const nameless: readonly string[] = ['log', 'cache', 'unknown']

function ofOne(name: string, changes: readonly Change[]): string[] {
  const [before, now] = ['-', '+'].map(sign => changes.filter(change => change.sign === sign))
  const [gone, fresh] = [before?.[0]?.fact, now?.[0]?.fact]
  if (before?.length === 1 && now?.length === 1 && gone && fresh && !nameless.includes(gone.kind))
    return [`${name}: ${valueOf(gone)} -> ${valueOf(fresh)}`]
  return changes.map(({ sign, fact }) => `${sign} ${formatFact(fact)}`)
}

function valueOf({ id, value }: MatrixFact): string {
  return value ?? id ?? ''
}

// Of more numbers than these the values are a wall that nobody reads; JSON has them.
const mostNumbers = 2

/** Registers of CPUID as lines: `CPUID 0x00000007.0 ebx: + smep; - smap`; of many numbers the leaves alone. */
export function registerLines(registers: readonly RegisterChange[]): string[] {
  const numbers = registers.filter(({ bits }) => bits === null)
  const leaves = [...new Set(numbers.map(({ place }) => place))]
  return [
    ...registers.flatMap(({ place, register, bits }) =>
      bits === null
        ? []
        : [
            `CPUID ${place} ${register}: ${[
              ...(bits.set.length > 0 ? [`+ ${bits.set.join(' ')}`] : []),
              ...(bits.cleared.length > 0 ? [`- ${bits.cleared.join(' ')}`] : []),
            ].join('; ')}`,
          ],
    ),
    ...(numbers.length > mostNumbers
      ? [`CPUID: other numbers in the leaves ${leaves.join(', ')}`]
      : numbers.map(
          ({ place, register, was, is }) => `CPUID ${place} ${register}: ${was} -> ${is}`,
        )),
  ]
}
