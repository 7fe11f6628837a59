import { basename, dirname, join } from 'node:path'
import { readRegularFile } from '../../runner/bounded-file.js'
import type { KernelConfig } from './kernel.js'

/**
 * A kernel's .config: lines `CONFIG_NAME=value`; all others are comments. Of some 8,000 options few are ever asked for, so that
 * each is looked up when it is.
 */
export function parseKernelConfig(text: string): KernelConfig {
  const lines = `\n${text}`
  return {
    text,
    get(name) {
      const start = `\nCONFIG_${name}=`
      const at = lines.lastIndexOf(start)
      return at < 0 ? undefined : unquoted(/^.*/.exec(lines.slice(at + start.length))?.[0] ?? '')
    },
  }
}

/**
 * Reads a kernel's configuration from a file.
 *
 * @throws InputError where it is no regular file, or far larger than one of a kernel
 */
export async function readConfig(path: string): Promise<KernelConfig> {
  const bounds = { what: `the kernel configuration ${path}`, maxBytes: 2 ** 24 }
  return parseKernelConfig((await readRegularFile(path, bounds)).toString())
}

/** Kconfig writes strings in double quotes and escapes those and backslashes (scripts/kconfig/symbol.c). */
function unquoted(value: string): string {
  const inner = /^"(.*)"$/.exec(value)?.[1]
  return inner === undefined ? value : inner.replaceAll(/\\(.)/g, '$1')
}

/**
 * The configuration that lies beside an image: `config-RELEASE` in the same folder, as distributions have it in /boot;
 * `config`, where the folder is named by the release, as in /usr/lib/modules/RELEASE; the build tree's .config, where the
 * image lies in one.
 */
export async function configBeside(image: string, release: string): Promise<KernelConfig | null> {
  const folder = dirname(image)
  const candidates = [join(folder, `config-${release}`)]
  if (basename(folder) === release) candidates.push(join(folder, 'config'))
  if (/\/arch\/x86(_64)?\/boot$/.test(folder)) candidates.push(join(folder, '../../../.config'))
  if (basename(image) === 'vmlinux') candidates.push(join(folder, '.config'))
  return firstConfig(candidates)
}

/** The configuration of a kernel of this release that is installed on this machine. */
export async function installedConfig(release: string): Promise<KernelConfig | null> {
  return firstConfig([`/boot/config-${release}`, `/usr/lib/modules/${release}/config`])
}

async function firstConfig(paths: readonly string[]): Promise<KernelConfig | null> {
  for (const path of paths) {
    const text = await readConfig(path).catch(() => undefined)
    if (text !== undefined) return text
  }
  return null
}
