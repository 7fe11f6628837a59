import { execa } from 'execa'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { EnvironmentError } from '../../../runner/errors.js'

/**
 * Unpacks a .deb into a folder, which may have the files of others already.
 *
 * @returns the paths of the files and links in the folder, sorted
 * @throws EnvironmentError when that fails
 */
export async function unpackPackage(
  deb: string,
  folder: string,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true })
  const result = await execa('dpkg-deb', ['--extract', deb, folder], {
    reject: false,
    ...(signal && { cancelSignal: signal }),
  })
  signal?.throwIfAborted()
  if (result.failed)
    throw new EnvironmentError(`cannot unpack ${deb}: ${result.stderr || result.message}`)
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter(entry => entry.isFile() || entry.isSymbolicLink())
    .map(entry => join(entry.parentPath, entry.name))
    .sort()
}
