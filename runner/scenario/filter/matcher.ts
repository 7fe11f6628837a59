import { RE2JS } from 're2js'
import { globSource } from '../glob.js'

/** Whether one value of a field is meant. */
export type ValueMatcher = (value: string) => boolean

// A pattern such as x{1000} comes to as many states, each of which may be looked at for every character.
const mostCharacters = 500

/**
 * What a pattern matches: a glob a value from its beginning to its end, a regular expression any part of it. The time grows with the
 * value's length alone, for RE2's syntax has neither look-around nor back-references.
 *
 * @throws Error where it is no pattern
 */
export function matcherOf(kind: 'glob' | 'regex', pattern: string): ValueMatcher {
  if (pattern.length > mostCharacters) throw new Error(`more than ${mostCharacters} characters`)
  const expression = RE2JS.compile(kind === 'regex' ? pattern : globSource(pattern))
  return value => expression.matcher(value).find()
}
