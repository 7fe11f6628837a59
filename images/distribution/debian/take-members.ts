import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { realpath, rm, stat, symlink } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { ReadEntry } from 'tar'
import { InputError } from '../../../runner/errors.js'
import { makeFolders } from '../../../runner/make-folders.js'

/** What is taken of a tar archive. */
export interface TakeOptions {
  /** Whether a member is wanted, by its path from the root, such as `boot/vmlinuz-6.1.0`. */
  readonly wanted: (path: string) => boolean
  /** How many bytes the archive may have, wanted or not. */
  readonly maxBytes: number
}

/**
 * Takes members out of a tar archive that is input: regular files, and symbolic links that lead to one of them. Devices, FIFOs,
 * hard links, and what leads out of the folder are left out; no link is there while files are written.
 *
 * @returns the paths of what was taken, sorted
 * @throws InputError where the archive is too large, in words that fit behind its name
 * @throws Error of Node's where the machine refuses to take it
 */
export async function takeMembers(
  archive: AsyncIterable<Uint8Array>,
  folder: string,
  { wanted, maxBytes }: TakeOptions,
): Promise<readonly string[]> {
  const files = new Set<string>()
  const links = new Map<string, string>()
  const writing: Promise<void>[] = []
  const stop = new AbortController()
  // Loaded only where an archive is opened.
  const { Parser } = await import('tar')
  const parser = new Parser({
    onReadEntry: entry => {
      const path = pathInside(entry.path)
      if (path === undefined || !wanted(path)) {
        entry.resume()
        return
      }
      if (entry.type === 'SymbolicLink') links.set(path, entry.linkpath ?? '')
      if (entry.type !== 'File' && entry.type !== 'OldFile') {
        entry.resume()
        return
      }
      files.add(path)
      const written = write(entry, join(folder, path))
      writing.push(written)
      written.catch(() => {
        stop.abort()
      })
    },
  })
  let bytes = 0
  try {
    for await (const part of archive) {
      bytes += part.length
      if (bytes > maxBytes) throw new InputError(`holds more than ${maxBytes} bytes`)
      if (!parser.write(Buffer.from(part))) await once(parser, 'drain', { signal: stop.signal })
    }
    const ended = once(parser, 'end', { signal: stop.signal })
    parser.end()
    await ended
  } catch (error) {
    if (!stop.signal.aborted) throw error
  }
  await Promise.all(writing)
  const made = links.size === 0 ? [] : await makeLinks(folder, links)
  return [...files]
    .map(path => join(folder, path))
    .concat(made)
    .sort()
}

/** A member's path from the root; undefined where it leads out. */
function pathInside(path: string): string | undefined {
  const inside = normalize(path)
  const leadsOut = inside.startsWith('/') || inside.split('/').includes('..')
  return leadsOut || inside.includes('\0') ? undefined : inside
}

async function write(entry: ReadEntry, path: string): Promise<void> {
  // Data comes only once it is asked for.
  makeFolders(dirname(path))
  // A package before this one may have left a link of that name.
  await rm(path, { force: true })
  await pipeline(entry, createWriteStream(path, { mode: 0o644, flags: 'wx' }))
}

/** Makes those of the links that lead to a regular file in the folder, and returns their paths. */
async function makeLinks(folder: string, links: ReadonlyMap<string, string>): Promise<string[]> {
  const root = await realpath(folder)
  const made = new Set<string>()
  // A link to a link can be made once that one is.
  for (let before = -1; before < made.size;) {
    before = made.size
    for (const [path, target] of links) {
      const link = join(folder, path)
      if (made.has(link)) continue
      const from = target.startsWith('/') ? root : dirname(join(root, path))
      const end = await realpath(join(from, target)).catch(() => undefined)
      if (!end?.startsWith(`${root}/`) || !(await stat(end)).isFile()) continue
      makeFolders(dirname(link))
      await rm(link, { force: true })
      await symlink(end, link)
      made.add(link)
    }
  }
  return [...made]
}
