import { EnvironmentError, InputError } from '../../runner/errors.js'
import type { FileEntry } from '../cpio.js'
import type { GivenModules, Kernel, ModuleSource, ResolveOptions } from '../kernel/kernel.js'
import { collectModules } from './collect-modules.js'
import { moduleName } from './module-file.js'
import {
  findModule,
  type FindModule,
  installedModules,
  type ModuleFolder,
  treeModules,
} from './module-folder.js'
import { packagedModules } from './packaged-modules.js'

/** How one asks for modules. */
export interface ModuleOptions extends ResolveOptions {
  /** More modules that will be asked for soon: unpacked on the way where anything has to be unpacked. */
  readonly ahead?: readonly string[]
}

/**
 * The modules of a kernel with all that they need, as files of an initramfs that the guest's init loads. What is part of
 * the kernel image needs no file.
 *
 * @param wanted - names as modprobe(8) takes them
 * @returns the files, or why there are none, in words
 */
export async function kernelModules(
  { modules, release }: Pick<Kernel, 'modules' | 'release'>,
  wanted: readonly string[],
  options: ModuleOptions = {},
): Promise<readonly FileEntry[] | { readonly unavailable: string }> {
  if (modules.from === 'given') return modules.files
  const names = wanted.map(moduleName)
  const ahead = (options.ahead ?? []).map(moduleName)
  try {
    const find = await finder(modules, release, [...names, ...ahead], options)
    const found = await collectModules(find, new Map(names.map(name => [name, ''])))
    if ('files' in found) return found.files
    const what = found.absent.length === 1 ? 'module' : 'modules'
    return { unavailable: `this kernel has no ${what} ${found.absent.join(', ')}` }
  } catch (error) {
    options.signal?.throwIfAborted()
    if (!(error instanceof EnvironmentError || error instanceof InputError)) throw error
    const what = names.length === 1 ? 'the module' : 'the modules'
    return {
      unavailable: `${what} ${names.join(', ')} of this kernel can't be had: ${error.message}`,
    }
  }
}

async function finder(
  source: Exclude<ModuleSource, GivenModules>,
  release: string,
  names: readonly string[],
  options: ModuleOptions,
): Promise<FindModule> {
  if (source.from === 'packages') return packagedModules(source, names, options)
  const folder: ModuleFolder =
    source.from === 'tree' ? await treeModules(source.path) : await installedModules(release)
  return name => findModule(folder, name)
}
