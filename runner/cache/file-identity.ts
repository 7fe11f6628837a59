import { stat } from 'node:fs/promises'

/**
 * A key that changes whenever the file at `path` does: its place, size and times. The time of the last change (ctime of stat(2))
 * is set by no program.
 *
 * @throws Error of Node's where there is no such file
 */
export async function fileIdentity(path: string): Promise<string> {
  const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true })
  return [path, dev, ino, size, mtimeNs, ctimeNs].join('\n')
}
