import { readFile } from 'node:fs/promises'
import { fileIdentity } from '../../cache/file-identity.js'
import { sha256OfFile } from '../../cache/files.js'
import { asEnvironmentError } from '../../errors.js'

/** The SHA-256 of files, which are read again only where they may have changed: a kernel is used for many guests. */
export class FileDigests {
  readonly #known = new Map<string, string>()

  /** @throws EnvironmentError where the file cannot be read */
  async digest(path: string): Promise<string> {
    const identity = await forGuest(path, () => fileIdentity(path))
    const sha256 = this.#known.get(identity) ?? (await forGuest(path, () => sha256OfFile(path)))
    this.#known.set(identity, sha256)
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
