import { existsSync, statSync } from 'node:fs'
import { link, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { replaceFile, temporaryName } from '../cache/atomic-write.js'
import { doingThere, InputError } from '../errors.js'

/**
 * Writes a scenario's file whole or not at all, and in the place of none that is there unless `force` allows it.
 *
 * @throws InputError where there is one, and where its folder is not there; EnvironmentError where it can't be written
 */
export async function writeNewFile(path: string, text: string, force: boolean): Promise<void> {
  if (path === '') throw new InputError('--output: expected the name of a new file, got nothing')
  const folder = dirname(path)
  if (!existsSync(folder)) {
    throw new InputError(
      `${path}: expected to write it in the folder ${folder}, which is not there`,
    )
  }
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
    throw new InputError(`${path}: expected the name of a new file, got a folder`)
  if (force) {
    await doingThere(path, 'write the scenario', () => replaceFile(path, text))
    return
  }
  const taken = () =>
    new InputError(`${path}: expected no file there, got one; --force takes its place`)
  if (existsSync(path)) throw taken()
  const temporary = temporaryName(path)
  await doingThere(path, 'write the scenario', async () => {
    try {
      await writeFile(temporary, text, { flush: true })
      // Unlike rename(2), link(2) fails where somebody has made the file meanwhile.
      await link(temporary, path)
    } finally {
      await rm(temporary, { force: true })
    }
  }).catch((error: unknown) => {
    const { cause } = error as Error
    throw (cause as NodeJS.ErrnoException | undefined)?.code === 'EEXIST' ? taken() : error
  })
}
