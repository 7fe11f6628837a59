import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * `mkdir -p`. Node's own, asked for a folder in /proc, never returns.
 *
 * @throws whatever the file system does
 */
export function makeFolders(path: string): void {
  if (existsSync(path)) return
  makeFolders(dirname(path))
  try {
    mkdirSync(path)
  } catch (error) {
    // Another guise may have been faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
