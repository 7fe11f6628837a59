import type { Reporter } from './reporter.js'

/** JSON Lines: one record a line, nothing else. */
export const jsonReporter: Reporter = {
  begin: () => '',
  record: record => `${JSON.stringify(record)}\n`,
  end: () => '',
}
