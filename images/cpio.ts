/** One entry of an archive. `path` is relative, with `/` between its parts; `mode` holds the twelve permission bits. */
export type CpioEntry = FileEntry | DirectoryEntry | SymlinkEntry | DeviceEntry

/** A regular file. */
export interface FileEntry {
  readonly type: 'file'
  readonly path: string
  readonly mode: number
  readonly content: Uint8Array
}

/** A directory; only needed where its mode is not 0755, because parents are made as needed. */
export interface DirectoryEntry {
  readonly type: 'directory'
  readonly path: string
  readonly mode: number
}

/** A symbolic link. */
export interface SymlinkEntry {
  readonly type: 'symlink'
  readonly path: string
  readonly target: string
}

/** A device node. */
export interface DeviceEntry {
  readonly type: 'character' | 'block'
  readonly path: string
  readonly mode: number
  readonly major: number
  readonly minor: number
}

// S_IFMT bits of stat(2).
const typeBits = {
  file: 0o100000,
  directory: 0o040000,
  symlink: 0o120000,
  character: 0o020000,
  block: 0o060000,
} as const

// The kernel's unpacker skips what is longer: PATH_MAX in init/initramfs.c, the closing NUL included.
const pathMax = 4096
const nameMax = 255
const blockSize = 512

/**
 * Writes a cpio archive in the "new ASCII" form that the kernel unpacks as an initramfs
 * (Documentation/driver-api/early-userspace/buffer-format.rst). The same entries in any order give the same bytes:
 * sorted by path, times, owners and links the same for all, inode numbers counted up from 1.
 *
 * @throws TypeError for what the format or the kernel's unpacker cannot hold, and for two entries of one path
 */
export function newcArchive(entries: readonly CpioEntry[]): Buffer {
  const records = withParents(entries).map((entry, index) => record(entry, index + 1))
  const trailer = header({ name: 'TRAILER!!!', ino: 0, mode: 0, nlink: 1, size: 0 })
  return padded(Buffer.concat([...records, trailer]), blockSize)
}

function withParents(entries: readonly CpioEntry[]): CpioEntry[] {
  const byPath = new Map<string, CpioEntry>()
  for (const entry of entries) {
    checkPath(entry.path)
    if (byPath.has(entry.path)) throw new TypeError(`two archive entries are named ${entry.path}`)
    byPath.set(entry.path, entry)
  }
  for (const { path } of entries) {
    for (const parent of parents(path)) {
      const found = byPath.get(parent)
      if (found === undefined) {
        byPath.set(parent, { type: 'directory', path: parent, mode: 0o755 })
      } else if (found.type !== 'directory') {
        throw new TypeError(`${path} cannot be put into ${parent}, which is a ${found.type}`)
      }
    }
  }
  // By bytes, not by locale; a parent sorts before its children because its path is their prefix.
  return [...byPath.values()].sort((a, b) =>
    Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)),
  )
}

function parents(path: string): string[] {
  const parts = path.split('/').slice(0, -1)
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
}

function checkPath(path: string): void {
  const bad = (why: string) => new TypeError(`archive path ${JSON.stringify(path)} ${why}`)
  if (Buffer.byteLength(path) >= pathMax) throw bad(`is longer than ${pathMax - 1} bytes`)
  if (path.includes('\0')) throw bad('holds a NUL')
  for (const part of path.split('/')) {
    if (part === '' || part === '.' || part === '..') throw bad('is not a plain relative path')
    if (Buffer.byteLength(part) > nameMax) throw bad(`has a part longer than ${nameMax} bytes`)
  }
  if (path === 'TRAILER!!!') throw bad('is the name that ends an archive')
}

function record(entry: CpioEntry, ino: number): Buffer {
  const content = contentOf(entry)
  const permissions =
    entry.type === 'symlink' ? 0o777 : inRange(entry.path, 'mode', entry.mode, 0o7777)
  const isDevice = entry.type === 'character' || entry.type === 'block'
  const start = header({
    name: entry.path,
    ino,
    mode: typeBits[entry.type] | permissions,
    nlink: entry.type === 'directory' ? 2 : 1,
    size: inRange(entry.path, 'size', content.length, 0xffffffff),
    // A dev_t of the kernel has 12 bits for the major number and 20 for the minor one.
    major: isDevice ? inRange(entry.path, 'major', entry.major, 0xfff) : 0,
    minor: isDevice ? inRange(entry.path, 'minor', entry.minor, 0xfffff) : 0,
  })
  return Buffer.concat([start, padded(content, 4)])
}

function contentOf(entry: CpioEntry): Uint8Array {
  if (entry.type === 'file') return entry.content
  if (entry.type !== 'symlink') return Buffer.alloc(0)
  const target = Buffer.from(entry.target)
  if (target.length === 0 || target.length >= pathMax || target.includes(0)) {
    throw new TypeError(`${entry.path}: no link target can be ${JSON.stringify(entry.target)}`)
  }
  return target
}

function inRange(path: string, field: string, value: number, max: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= max) return value
  throw new TypeError(`${path}: expected ${field} to be an integer from 0 to ${max}, got ${value}`)
}

function header(fields: {
  name: string
  ino: number
  mode: number
  nlink: number
  size: number
  major?: number
  minor?: number
}): Buffer {
  const { name, ino, mode, nlink, size, major = 0, minor = 0 } = fields
  const nameBytes = Buffer.from(`${name}\0`)
  // ino mode uid gid nlink mtime filesize devmajor devminor rdevmajor rdevminor namesize check
  const numbers = [ino, mode, 0, 0, nlink, 0, size, 0, 0, major, minor, nameBytes.length, 0]
  const text = '070701' + numbers.map(number => number.toString(16).padStart(8, '0')).join('')
  return padded(Buffer.concat([Buffer.from(text), nameBytes]), 4)
}

function padded(bytes: Uint8Array, multiple: number): Buffer {
  return Buffer.concat([bytes], Math.ceil(bytes.length / multiple) * multiple)
}
