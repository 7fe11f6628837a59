import { type Dirent, lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from './files.js'

/** What lies in a folder of the cache. */
export interface CacheKind {
  /** The folder's name. */
  readonly name: string
  readonly meaning: string
  readonly entries: readonly CacheEntry[]
}

/** Something in the cache that is there, or not, as a whole. */
export interface CacheEntry {
  readonly path: string
  /** What it takes of the disk, in bytes; of a file with several names, its first one's. */
  readonly bytes: number
  /** When it was last read or written, in ms since 1970; file systems note reads to a day (mount(8), relatime), or never (noatime). */
  readonly usedMs: number
}

/** The folders of the cache; each is made by what needs it. */
export const cacheKinds: Readonly<Record<string, string>> = {
  apt: 'package lists of suites',
  builds: 'small kernels, with what was compiled for them',
  busybox: 'the shell of `guise shell`',
  configs: 'configurations that kernels are built with',
  fleet: 'kernels and scenarios that came from a queue',
  initramfs: 'what guests start from',
  kernels: 'kernels out of packages',
  memo: 'what QEMUs, packages and kernels were found to be',
  modules: 'kernel modules out of packages',
  packages: 'downloaded packages',
  qemu: 'QEMUs out of packages',
  sources: 'sources of kernels, unpacked',
  symbols: 'names of kernels’ functions',
  tables: 'CPUID tables of scenarios',
  worktrees: 'checkouts of your repositories, for compare and bisect',
}

// Trees that are worked on under a lock, whose file says when.
const underLock: readonly string[] = ['apt', 'builds', 'sources', 'worktrees']

/**
 * All that lies in the cache, by its folders; nothing of one that is not there.
 *
 * @param sized - without it of trees that are worked on under a lock the sizes are not, and nothing below their tops is looked at
 */
export function cacheContents(sized: boolean): CacheKind[] {
  const seen = new Set<string>()
  const folder = cacheFolder()
  return listed(folder)
    .filter(entry => entry.isDirectory())
    .map(({ name }) => ({
      name,
      meaning: cacheKinds[name] ?? 'not known to this guise',
      entries: itemsOf(join(folder, name), name).map(path =>
        entryOf(path, seen, sized, !underLock.includes(name)),
      ),
    }))
    .filter(({ entries }) => entries.length > 0)
}

/** The paths of what is there or not as a whole. */
function itemsOf(folder: string, kind: string): string[] {
  const paths = listed(folder)
    // Locks are held by the open file: one that is removed keeps nobody out.
    .filter(({ name }) => !/^lock$|\.lock$/.test(name))
    .map(({ name }) => join(folder, name))
  // A folder for each question.
  return kind === 'memo'
    ? paths.flatMap(path => listed(path).map(({ name }) => join(path, name)))
    : paths
}

/** @param byFiles - whether any file in it tells of its use: a QEMU's program does, deep in it */
function entryOf(path: string, seen: Set<string>, sized: boolean, byFiles: boolean): CacheEntry {
  let [bytes, usedMs] = [0, timeOf(`${path}.lock`)]
  const add = (at: string, depth: number) => {
    const stats = lstatSync(at, { throwIfNoEntry: false })
    if (stats === undefined) return
    const key = `${stats.dev} ${stats.ino}`
    if (!seen.has(key)) bytes += stats.blocks * 512
    if (stats.isDirectory()) {
      // To list a folder is to read it, and no use.
      if (depth === 0) usedMs = Math.max(usedMs, stats.mtimeMs)
      if (depth === 0 || sized || byFiles)
        for (const { name } of listed(at)) add(join(at, name), depth + 1)
      return
    }
    if (stats.nlink > 1) seen.add(key)
    // What uses a tree reads files at its top.
    if (depth <= 1 || byFiles) usedMs = Math.max(usedMs, stats.atimeMs, stats.mtimeMs)
  }
  add(path, 0)
  return { path, bytes, usedMs }
}

function timeOf(path: string): number {
  return lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

function listed(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch {
    // It is not there, or went meanwhile.
    return []
  }
}
