import { InputError } from '../../errors.js'
import { printable } from '../../terminal/printable.js'
import { nearest } from '../nearest.js'
import type { Scenario } from '../scenario.js'
import { type FilterField, filterFields } from './fields.js'
import { type Comparison, type Filter, parseFilter } from './parse.js'
import type { FilterProblem } from './tokens.js'

/**
 * Those of the scenarios for which a filter expression holds, in their order. A field may have several values in a scenario, or none: `=`
 * and `~` hold where one of them matches, `!=` and `!~` where none does.
 *
 * @param known - scenarios whose values an expression may name, beside those that are filtered
 * @throws InputError for an expression that can't be read, that names a value which no scenario has, or that holds for none
 */
export function filterScenarios(
  scenarios: readonly Scenario[],
  expression: string,
  known: readonly Scenario[] = [],
): Scenario[] {
  const parsed = parseFilter(expression)
  if ('problem' in parsed) throw new InputError(format(expression, parsed.problem))
  const { filter } = parsed
  const unknown = unknownValue(filter, [...scenarios, ...known])
  if (unknown !== undefined) throw new InputError(format(expression, unknown))
  const found = scenarios.filter(scenario => holds(filter, scenario))
  if (found.length === 0) {
    const of = scenarios.length === 1 ? 'the 1 scenario' : `any of ${scenarios.length} scenarios`
    throw new InputError(
      printable(`--filter: expected an expression that holds for ${of}, got \`${expression}\``),
    )
  }
  return found
}

function holds(filter: Filter, scenario: Scenario): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.parts.every(part => holds(part, scenario))
    case 'or':
      return filter.parts.some(part => holds(part, scenario))
    case 'not':
      return !holds(filter.part, scenario)
    case 'comparison':
      return filterFields[filter.field].of(scenario).some(filter.matches) !== filter.negated
  }
}

/** The first value of an expression that no scenario has: a slip of the pen, which `!=` would not notice. */
function unknownValue(filter: Filter, scenarios: readonly Scenario[]): FilterProblem | undefined {
  for (const { field, literal } of comparisonsOf(filter)) {
    if (literal === null) continue
    const { of, means, always = [], closed }: FilterField = filterFields[field]
    if (always.includes(literal.text)) continue
    const values = new Set([...always, ...(closed ? [] : scenarios.flatMap(of))])
    if (values.has(literal.text)) continue
    const all = [...values].sort()
    const listed = all.length > 0 && all.length <= mostListed ? ` (${all.join(', ')})` : ''
    return {
      column: literal.column,
      expected: `${means} that there is${listed}`,
      got: `\`${literal.text}\``,
      near: nearest(literal.text, all),
    }
  }
  return undefined
}

// What fits into a line or two.
const mostListed = 20

function comparisonsOf(filter: Filter): Comparison[] {
  switch (filter.kind) {
    case 'comparison':
      return [filter]
    case 'not':
      return comparisonsOf(filter.part)
    default:
      return filter.parts.flatMap(comparisonsOf)
  }
}

/** One line: where, what was expected, what stands there, what may have been meant. */
function format(expression: string, { column, expected, got, near = [] }: FilterProblem): string {
  const meant = near.length === 0 ? '' : `; did you mean ${near.join(', ')}?`
  return printable(
    `--filter: column ${column} of \`${cut(expression)}\`: expected ${expected}, got ${cut(got)}${meant}`,
  )
}

/** What may be of any length, without its middle: where the problem is, the column tells, and what it is may stand at the end. */
function cut(text: string): string {
  return text.length > mostShown
    ? `${text.slice(0, mostShown / 2)}...${text.slice(-mostShown / 2)}`
    : text
}

const mostShown = 200
