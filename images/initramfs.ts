import { readFile } from 'node:fs/promises'
import { EnvironmentError } from '../runner/errors.js'
import { storeBytes, type CachedFile } from '../runner/cache/files.js'
import { newcArchive, type CpioEntry } from './cpio.js'
import type { Kernel } from './kernel/kernel.js'
import type { ModuleOptions } from './modules/kernel-modules.js'
import { howToBuild } from '../runner/installation.js'

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

/**
 * Makes a guest's initramfs with modules of its kernel, which init loads.
 *
 * @param content - what is in it beside the modules
 * @param modules - names as modprobe(8) takes them
 * @returns the archive, or in words why a module can't be had
 * @throws EnvironmentError when `init` cannot be read or the cache cannot be written
 */
export async function guestInitramfs(
  content: InitramfsContent,
  kernel: Pick<Kernel, 'modules' | 'release'>,
  modules: readonly string[],
  options: ModuleOptions = {},
): Promise<CachedFile | { readonly unavailable: string }> {
  // Most guests need none, and do not wait for what unpacks them to be loaded.
  const { kernelModules } = await import('./modules/kernel-modules.js')
  const found = await kernelModules(kernel, modules, options)
  if ('unavailable' in found) return found
  return buildInitramfs({ ...content, files: [...(content.files ?? []), ...found] })
}

async function readInit(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (error) {
    throw new EnvironmentError(`the guest's init cannot be read at ${path}; ${howToBuild()}`, {
      cause: error,
    })
  }
}
