import { EnvironmentError } from '../../runner/errors.js'
import type { FileEntry } from '../cpio.js'
import { collectModules } from '../modules/collect-modules.js'
import { moduleName } from '../modules/module-file.js'
import { findModule, moduleFolder } from '../modules/module-folder.js'
import { recipe } from './recipe.js'

/**
 * The modules that make /dev/kvm, uncompressed, and the list by which the agent loads them.
 *
 * @param kernelFiles - all files of the kernel's package
 * @throws EnvironmentError where the kernel lacks one
 */
export async function moduleFiles(kernelFiles: readonly string[]): Promise<readonly FileEntry[]> {
  const folder = await moduleFolder(kernelFiles)
  const wanted = Object.entries(recipe.modules).map(
    ([name, options]) => [moduleName(name), options] as const,
  )
  const found = await collectModules(name => findModule(folder, name), new Map(wanted))
  if ('files' in found) return found.files
  throw new EnvironmentError(`the nested host's kernel has no module ${found.absent.join(', ')}`)
}
