import { readFile } from 'node:fs/promises'
import { EnvironmentError } from '../runner/errors.js'
import { shellInit } from '../runner/paths.js'
import { fetchBusybox } from './distribution/table.js'
import type { InitramfsContent } from './initramfs.js'
import type { ResolveOptions } from './kernel/kernel.js'

/**
 * What the initramfs of a guest has that somebody sits at: an init of guise's own (guest/shell/), busybox, and folders to
 * work in.
 *
 * @throws EnvironmentError when busybox can't be had
 */
export async function shellContent(options: ResolveOptions): Promise<InitramfsContent> {
  const busybox = await fetchBusybox(options)
  const content = await readFile(busybox).catch((cause: unknown) => {
    throw new EnvironmentError(`${busybox}: ${(cause as Error).message}`, { cause })
  })
  return {
    init: shellInit,
    files: [
      { type: 'file', path: 'bin/busybox', mode: 0o755, content },
      { type: 'directory', path: 'etc', mode: 0o755 },
      { type: 'directory', path: 'root', mode: 0o755 },
      { type: 'directory', path: 'tmp', mode: 0o1777 },
    ],
  }
}
