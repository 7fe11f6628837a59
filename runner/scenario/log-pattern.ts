import { RE2JS } from 're2js'

// A pattern such as x{1000} comes to as many states, each of which may be looked at for every character of a log.
const mostCharacters = 500

/**
 * The pattern of a `log` entry: a text to be found as it stands, or a regular expression between slashes. A guest may print
 * whatever it likes, so the time must grow with the log's length alone: RE2's syntax has no look-around and no back-references.
 *
 * @throws Error where the regular expression is none of RE2's
 */
export function logPatternMatcher(pattern: string): (line: string) => boolean {
  const source = /^\/(.+)\/$/s.exec(pattern)?.[1]
  if (source === undefined) return line => line.includes(pattern)
  if (source.length > mostCharacters)
    throw new Error(`a regular expression of more than ${mostCharacters} characters`)
  const expression = RE2JS.compile(source)
  return line => expression.matcher(line).find()
}
