import { randomBytes } from 'node:crypto'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'

// Node's own writeFile() writes on after a short write, or fails. Packages that replace files, such as write-file-atomic 6 and
// atomically 2, call write(2) once: on a disk that runs full they put a cut file in the place of a whole one.

/**
 * Writes a file so that a reader sees the old content or the new one and nothing between, whoever else writes it, and whatever
 * becomes of the machine: the content is on the disk before the name is. What cannot be written leaves nothing behind.
 *
 * @throws Error of Node's when it cannot be written
 */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = temporaryName(path)
  try {
    await writeFile(temporary, content, { flush: true })
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/**
 * As {@link replaceFile}, at once. It does not wait for the disk, since nothing else of guise runs meanwhile: what a crash of the
 * machine leaves may be cut.
 *
 * @throws Error of Node's when it cannot be written
 */
export function replaceFileSync(path: string, content: string | Uint8Array): void {
  const temporary = temporaryName(path)
  try {
    writeFileSync(temporary, content)
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

/** A name beside `path` that nobody else uses. */
export function temporaryName(path: string): string {
  return `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`
}
