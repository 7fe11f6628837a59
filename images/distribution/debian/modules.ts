import { basename } from 'node:path'
import type { ModulePackages, ResolveOptions } from '../../kernel/kernel.js'
import { isModuleFile } from '../../modules/module-file.js'
import { unpackPackage } from './unpack-package.js'

/**
 * The modules in .deb files.
 *
 * @param name - what messages call the packages
 * @param key - changes when their content does
 * @param locate - brings the files here, and gives their paths
 */
export function debModules(
  name: string,
  key: string,
  locate: (options: ResolveOptions) => Promise<readonly string[]>,
): ModulePackages {
  const unpack: ModulePackages['unpack'] = async (folder, options) => {
    const debs = await locate(options)
    options.onProgress?.({ kind: 'note', text: `unpacking modules of ${name}` })
    const { signal } = options
    let files: string[] = []
    for (const deb of debs)
      files = files.concat(await unpackPackage(deb, folder, { signal, wanted: isOfModules }))
    return files
  }
  return { from: 'packages', name, key, unpack }
}

function isOfModules(path: string): boolean {
  return isModuleFile(path) || basename(path) === 'modules.builtin'
}
