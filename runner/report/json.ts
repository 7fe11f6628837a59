import { formatJson } from '../terminal/json.js'
import type { Reporter } from './reporter.js'

/** JSON Lines: one record a line, nothing else. */
export const jsonReporter: Reporter = {
  begin: () => '',
  record: record => `${formatJson(record)}\n`,
  end: () => '',
}
