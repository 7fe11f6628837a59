import { readFile } from 'node:fs/promises'
import { asEnvironmentError } from '../runner/errors.js'
import { type CachedFile, storeBytes } from '../runner/cache/files.js'
import { newcArchive } from './cpio.js'
import type { Kernel } from './kernel/kernel.js'
import { kernelModules, type ModuleOptions } from './modules/kernel-modules.js'

/** The programs of a guest that is to be looked into. */
export interface ShellPrograms {
  /** Of guest/shell/: PID 1, and `cpuid`. */
  readonly shell: string
  readonly busybox: string
}

/**
 * Makes the initramfs of a guest that is to be looked into.
 *
 * @param modules - what its scenario loads, as modprobe(8) takes them
 * @returns the archive, or in words why a module can't be had
 * @throws EnvironmentError when a program cannot be read or the cache cannot be written
 */
export async function shellInitramfs(
  { shell, busybox }: ShellPrograms,
  kernel: Pick<Kernel, 'modules' | 'release'>,
  modules: readonly string[],
  options: ModuleOptions = {},
): Promise<CachedFile | { readonly unavailable: string }> {
  const files = modules.length === 0 ? [] : await kernelModules(kernel, modules, options)
  if ('unavailable' in files) return files
  const program = (path: string, from: string) =>
    asEnvironmentError(`a guest's program`, async () => ({
      type: 'file' as const,
      path,
      mode: 0o755,
      content: await readFile(from),
    }))
  return storeBytes(
    'initramfs',
    '.cpio',
    newcArchive([
      await program('init', shell),
      await program('bin/busybox', busybox),
      { type: 'symlink', path: 'bin/cpuid', target: '/init' },
      ...['dev', 'proc', 'sys', 'tmp'].map(path => ({
        type: 'directory' as const,
        path,
        mode: 0o755,
      })),
      ...files,
    ]),
  )
}
