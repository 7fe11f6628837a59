import { readFile, stat } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { asEnvironmentError } from '../../errors.js'

/** The SHA-256 of files, which are read again only where they may have changed: a kernel is used for many guests. */
export class FileDigests {
  readonly #known = new Map<string, { identity: string; sha256: string }>()

  /** @throws EnvironmentError where the file cannot be read */
  async digest(path: string): Promise<string> {
    const { ino, size, mtimeNs } = await forGuest(path, () => stat(path, { bigint: true }))
    const identity = [ino, size, mtimeNs].join(' ')
    const known = this.#known.get(path)
    if (known?.identity === identity) return known.sha256
    const sha256 = createHash('sha256')
      .update(await readGuestFile(path))
      .digest('hex')
    this.#known.set(path, { identity, sha256 })
    return sha256
  }
}

/** @throws EnvironmentError where the file cannot be read */
export function readGuestFile(path: string): Promise<Buffer> {
  return forGuest(path, () => readFile(path))
}

function forGuest<T>(path: string, read: () => Promise<T>): Promise<T> {
  return asEnvironmentError(`cannot read ${path} for a guest`, read)
}
