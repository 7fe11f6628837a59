import { basename } from 'node:path'
import { execa } from 'execa'
import { readRegularFile } from '../../runner/bounded-file.js'
import { EnvironmentError } from '../../runner/errors.js'
import { withGuise } from '../../runner/cache/child.js'

// What `make modules_install` may have compressed a module with (CONFIG_MODULE_COMPRESS), and what undoes it.
const decompressors: Readonly<Record<string, readonly [string, ...string[]]>> = {
  '.xz': ['xz', '-dc'],
  '.zst': ['zstd', '-dcq'],
  '.gz': ['gzip', '-dc'],
}

/** The most that a module may have, in bytes, compressed or not; Debian's largest have some 10 MB. */
const maxModule = 2 ** 28

const modulePattern = /\.ko(\.xz|\.zst|\.gz)?$/

/** Whether a file's name is that of a module, compressed or not. */
export function isModuleFile(path: string): boolean {
  return modulePattern.test(path)
}

/**
 * The name of a module as the kernel has it, of its file's path or of the name that modprobe(8) takes: hyphens and
 * underscores are the same there (`kvm-amd.ko.xz` is `kvm_amd`).
 */
export function moduleName(path: string): string {
  return basename(path).replace(modulePattern, '').replaceAll('-', '_')
}

/**
 * The content of a module, uncompressed.
 *
 * @throws EnvironmentError when it cannot be read or uncompressed
 */
export async function readModule(path: string): Promise<Buffer> {
  const suffix = modulePattern.exec(path)?.[1]
  const [command, ...args] = (suffix !== undefined && decompressors[suffix]) || []
  try {
    const content = await readRegularFile(path, { what: path, maxBytes: maxModule })
    if (command === undefined) return content
    const { stdout } = await execa(...withGuise(command, args), {
      input: content,
      encoding: 'buffer',
      maxBuffer: maxModule,
    })
    return Buffer.from(stdout)
  } catch (error) {
    throw new EnvironmentError(`${path} cannot be read: ${(error as Error).message}`, {
      cause: error,
    })
  }
}
