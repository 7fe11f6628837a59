import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import envPaths from 'env-paths'

/**
 * A folder of the user's for guise: `$XDG_CACHE_HOME/guise` or ~/.cache/guise, `$XDG_STATE_HOME/guise` or ~/.local/state/guise. A
 * relative path in those variables is invalid and counts as none (XDG Base Directory Specification 0.8).
 */
export function userFolder(kind: 'cache' | 'state'): string {
  const { cache, log } = envPaths('guise', { suffix: '' })
  const path = kind === 'cache' ? cache : log
  if (isAbsolute(path)) return path
  return join(homedir(), kind === 'cache' ? '.cache' : '.local/state', 'guise')
}
