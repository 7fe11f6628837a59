import { readFileSync } from 'node:fs'
import { EnvironmentError } from '../errors.js'
import { counted } from '../terminal/counted.js'

// Node holds some 20 files from its start on and takes as many more for a while, for programs that it starts; a guest takes 5: both
// ends of its console, its report, and what its QEMU says.
const ownFiles = 40
const guestFiles = 6

const advice = (files: number) => `raise the limit, as with \`ulimit -n ${files}\``

/**
 * Refuses to begin what would end in the middle because this process may open too few files.
 *
 * @param guests - how many of them run at a time
 * @throws EnvironmentError that says how many it takes
 */
export function requireOpenFiles(guests: number): void {
  const needed = ownFiles + guestFiles * guests
  const limit = openFilesLimit()
  if (limit >= needed) return
  throw new EnvironmentError(
    `expected leave to open ${needed} files for ${counted(guests, 'guest')} at a time, got ${limit}: ${advice(needed)}, or run fewer with --jobs`,
  )
}

/** What to say where an error comes of too many open files, and undefined where it does not. */
export function outOfFiles(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'EMFILE') return `too many open files (EMFILE): ${advice(1024)}`
    if (code === 'ENFILE')
      return 'this machine has too many files open (ENFILE): end what holds them, or raise /proc/sys/fs/file-max'
  }
  return undefined
}

/** RLIMIT_NOFILE, which Node raises to its hard limit as it starts (getrlimit(2)); without /proc none is known. */
function openFilesLimit(): number {
  try {
    const [, limit] =
      /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    return limit === undefined ? Infinity : Number(limit)
  } catch {
    return Infinity
  }
}
