import { readFile } from 'node:fs/promises'
import { EnvironmentError } from '../runner/errors.js'
import { storeBytes, type CachedFile } from './cache.js'
import { newcArchive, type CpioEntry } from './cpio.js'

/** What goes into an initramfs. */
export interface InitramfsContent {
  /** Path of the program that the kernel starts as /init; linked statically, because there is nothing else. */
  readonly init: string
  /** More entries, e.g. kernel modules. */
  readonly files?: readonly CpioEntry[]
}

/**
 * Makes the guest's initramfs: `init` as /init, and the folders it mounts the kernel's file systems on. It is not
 * compressed: a kernel unpacks a megabyte faster than it starts a decompressor.
 *
 * @throws EnvironmentError when `init` cannot be read or the cache cannot be written
 * @throws TypeError for entries that the format cannot hold
 */
export async function buildInitramfs({ init, files = [] }: InitramfsContent): Promise<CachedFile> {
  const archive = newcArchive([
    { type: 'file', path: 'init', mode: 0o755, content: await readInit(init) },
    ...['dev', 'proc', 'sys'].map(path => ({ type: 'directory' as const, path, mode: 0o755 })),
    ...files,
  ])
  return storeBytes('initramfs', '.cpio', archive)
}

async function readInit(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (error) {
    throw new EnvironmentError(
      `the guest's init cannot be read at ${path}; run scripts/quickstart, which builds it`,
      { cause: error },
    )
  }
}
