import { readFile } from 'node:fs/promises'
import { EnvironmentError } from '../runner/errors.js'
import { shellInit } from '../runner/paths.js'
import type { CpioEntry } from './cpio.js'
import { fetchBusybox } from './distribution/table.js'
import type { InitramfsContent } from './initramfs.js'
import type { ResolveOptions } from './kernel/kernel.js'

/**
 * What the initramfs of a guest has that somebody sits at: an init of guise's own (guest/shell/), busybox, and what its commands
 * look for.
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
      file('bin/busybox', 0o755, content),
      file('etc/passwd', 0o644, Buffer.from('root::0:0:root:/root:/bin/sh\n')),
      file('etc/group', 0o644, Buffer.from('root:x:0:\n')),
      { type: 'directory', path: 'root', mode: 0o755 },
      { type: 'directory', path: 'tmp', mode: 0o1777 },
    ],
  }
}

function file(path: string, mode: number, content: Uint8Array): CpioEntry {
  return { type: 'file', path, mode, content }
}
