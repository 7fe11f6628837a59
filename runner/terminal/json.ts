/**
 * A value as JSON that a terminal may show: DEL, the C1 controls and what is invisible, which JSON.stringify() leaves as they
 * are, become `\u` escapes, too.
 *
 * @param indent - how many spaces a level is indented; 0 for one line
 */
export function formatJson(value: unknown, indent = 0): string {
  return JSON.stringify(value, null, indent).replace(
    /[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}\p{Co}]/gu,
    character =>
      character
        .split('')
        .map(unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
        .join(''),
  )
}
