import { logPatternMatcher } from './log-pattern.js'
import { text } from './schema-parts.js'

/** What a line must hold: a text, or a regular expression between slashes. */
export const logPattern = text('a text, or a regular expression between slashes')
  .regex(/^[^\n\r]*$/, 'a text in one line: each line of the log is looked at by itself')
  // Taken as a text it would never be found, which `lacks` would not notice.
  .refine(
    pattern => !/^\/.+\/[dgimsuvy]+$/s.test(pattern),
    'no letters behind the second slash: (?i) in the expression ignores the case, and /\\/a\\/i/ finds the text /a/i',
  )
  .refine(isPattern, "a regular expression of RE2's syntax between the slashes")

function isPattern(pattern: string): boolean {
  try {
    logPatternMatcher(pattern)
    return true
  } catch {
    return false
  }
}
