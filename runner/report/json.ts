import type { GuiseRecord } from './record-schema.js'
import type { Reporter } from './reporter.js'

/** JSON Lines: one record a line, nothing else. */
export const jsonReporter: Reporter = {
  begin: () => '',
  record: record => `${oneLine(record)}\n`,
  end: () => '',
}

/** JSON leaves DEL, the C1 controls and what is invisible as they are; a guest may have printed them. */
function oneLine(record: GuiseRecord): string {
  return JSON.stringify(record).replace(/[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}]/gu, character =>
    character
      .split('')
      .map(unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  )
}
