import { type Difference, nameOf } from '../baseline/difference.js'
import { type Fact, type FactKind, formatFact, parseFact } from '../baseline/fact.js'
import { InputError } from '../errors.js'
import { quote } from '../terminal/printable.js'

/** A fact by which the user names what is looked for. */
export interface Sought {
  /** As it was given. */
  readonly text: string
  readonly matches: (fact: Fact) => boolean
}

// What people call things that a baseline has in more words.
const shortNames: Readonly<Record<string, FactKind>> = {
  clocksource: 'clocksource current',
  'died-in': 'died in',
  'stuck-in': 'stuck in',
  'sysfs-type': 'sysfs type',
}

/** What `--until` takes, for messages. */
export const untilGrammar =
  "NAME=VALUE ('clocksource=tsc', 'flag=smep', 'topology cores=2', 'interface clock.tsc=offered, adopted'), a line of a baseline, or the name in one ('vulnerability mds')"

/**
 * Reads what `--until` names.
 *
 * @throws InputError for what names no fact
 */
export function parseSought(text: string): Sought {
  const plain = text.trim()
  const at = plain.indexOf('=')
  if (at > 0) {
    const [name, value] = [plain.slice(0, at).trim(), plain.slice(at + 1).trim()]
    const full = shortNames[name] ?? name
    const isKnown = [' ', ': '].some(
      separator => parseFact(full + separator + value).kind !== 'unknown',
    )
    if (!isKnown || value === '') throw notAFact(text)
    return {
      text,
      // `flag=smep` names by its id what has no value, `topology cores=2` by both.
      matches: fact =>
        (nameOf(fact) === full && (fact.value ?? '') === value) ||
        (fact.kind === full && formatFact(fact) === `${full} ${value}`),
    }
  }
  if (parseFact(plain).kind === 'unknown') throw notAFact(text)
  return { text, matches: fact => formatFact(fact) === plain || nameOf(fact) === plain }
}

function notAFact(text: string): InputError {
  return new InputError(`--until: expected ${untilGrammar}, got ${quote(text)}`)
}

/** Whether a difference has, on either side, a fact that is looked for. */
export function isNamed({ gone, fresh }: Difference, sought: readonly Sought[]): boolean {
  return sought.some(({ matches }) => [...gone, ...fresh].some(matches))
}
