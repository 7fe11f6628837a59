import { access } from 'node:fs/promises'
import { execa } from 'execa'
import { EnvironmentError, InputError } from '../../../runner/errors.js'
import { withGuise } from '../../../runner/cache/child.js'
import { takeMembers, type TakeOptions } from './take-members.js'

/** What is taken of a package. */
export interface UnpackOptions extends Partial<TakeOptions> {
  readonly signal?: AbortSignal | undefined
}

/**
 * Unpacks a .deb into a folder, which may have the files of others already. A package is input: only its regular files are
 * taken, and links that lead to one of them; see {@link takeMembers}.
 *
 * @returns the paths of its files and links, sorted
 * @throws InputError when the package is damaged, or too large
 * @throws EnvironmentError when the machine cannot unpack it
 */
export async function unpackPackage(
  deb: string,
  folder: string,
  { signal, wanted = () => true, maxBytes = 2 ** 32 }: UnpackOptions = {},
): Promise<readonly string[]> {
  const archive = execa(...withGuise('dpkg-deb', ['--fsys-tarfile', deb]), {
    reject: false,
    stdin: 'ignore',
    buffer: { stdout: false },
    env: { LC_ALL: 'C.UTF-8', LANGUAGE: 'C' },
    ...(signal && { cancelSignal: signal }),
  })
  // At once: what the archive has to say before somebody listens is lost.
  const parts = archive.iterable({ binary: true, preserveNewlines: true })
  let paths: readonly string[] = []
  let trouble: unknown
  try {
    paths = await takeMembers(parts, folder, { wanted, maxBytes })
  } catch (error) {
    trouble = error
    archive.kill('SIGKILL')
  }
  const { failed, stderr, exitCode } = await archive
  signal?.throwIfAborted()
  if (trouble instanceof InputError) throw new InputError(`${deb} ${trouble.message}`)
  if (trouble !== undefined) {
    const why = trouble instanceof Error ? trouble.message : 'it gave no reason'
    throw new EnvironmentError(`cannot unpack ${deb} into ${folder}: ${why}`, { cause: trouble })
  }
  const isThere = await access(deb).then(
    () => true,
    () => false,
  )
  if (exitCode === 127 || (failed && !isThere))
    throw new EnvironmentError(`cannot unpack ${deb}: ${stderr.trim()}`)
  if (failed) throw new InputError(`${deb} is a damaged Debian package: ${stderr.trim()}`)
  return paths
}
