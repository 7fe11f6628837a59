import { readFile } from 'node:fs/promises'
import { EnvironmentError } from '../../runner/errors.js'
import type { FileEntry } from '../cpio.js'
import { collectModules } from '../modules/collect-modules.js'
import { moduleName } from '../modules/module-file.js'
import { findModule, moduleFolder } from '../modules/module-folder.js'
import { linkProgram } from './library-walk.js'
import type { PackageSource } from './package-source.js'
import { recipe } from './recipe.js'

/** QEMU with all that it needs to run, wherever it is laid out. */
export interface QemuFiles {
  /** QEMU, its dynamic loader, its libraries and its firmware. */
  readonly files: readonly FileEntry[]
  /** The loader's path among them. */
  readonly loader: string
}

/** Where the libraries lie: one of the folders that Debian's loader looks into unasked. */
export const libraryFolder = '/usr/lib'

/** Collects {@link QemuFiles} from a suite's packages. */
export async function qemuFiles(packages: PackageSource): Promise<QemuFiles> {
  const { package: owner, program } = recipe.qemu
  const path = (await packages.files(owner)).find(file => file.endsWith(program))
  if (path === undefined) throw new EnvironmentError(`Debian's ${owner} has no ${program}`)
  const { interpreter, libraries } = await linkProgram(packages, path, owner)
  const collected = [file(program, path, 0o755)]
  for (const [name, library] of libraries) {
    const isLoader = interpreter.endsWith(`/${name}`)
    collected.push(file(isLoader ? interpreter : `${libraryFolder}/${name}`, library, 0o755))
  }
  for (const { package: holder, files } of recipe.firmware) {
    for (const from of await packages.files(holder)) {
      const inside = files.exec(from)?.[0]
      if (inside !== undefined) collected.push(file(inside, from, 0o644))
    }
  }
  return { files: await Promise.all(collected), loader: interpreter }
}

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

async function file(path: string, from: string, mode: number): Promise<FileEntry> {
  return { type: 'file', path: path.replace(/^\//, ''), mode, content: await readFile(from) }
}
