import { readFile } from 'node:fs/promises'
import { EnvironmentError } from '../../runner/errors.js'
import type { FileEntry } from '../cpio.js'
import { moduleEntries } from '../modules/module-entries.js'
import { moduleName } from '../modules/module-file.js'
import { findModule, moduleFolder } from '../modules/module-folder.js'
import { loadOrder } from '../modules/module-order.js'
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
export async function moduleFiles(kernelFiles: readonly string[]): Promise<FileEntry[]> {
  const folder = await moduleFolder(kernelFiles)
  const options = new Map(
    Object.entries(recipe.modules).map(([name, text]) => [moduleName(name), text]),
  )
  const contents = new Map<string, Buffer>()
  const order = await loadOrder([...options.keys()], async name => {
    const found = await findModule(folder, name)
    if (found.kind === 'absent')
      throw new EnvironmentError(`the nested host's kernel has no module ${name}`)
    if (found.kind !== 'file') return []
    contents.set(name, found.content)
    return found.depends
  })
  return moduleEntries(
    order.flatMap(name => {
      const content = contents.get(name)
      return content ? [{ name, content, options: options.get(name) ?? '' }] : []
    }),
  )
}

async function file(path: string, from: string, mode: number): Promise<FileEntry> {
  return entry(path, await readFile(from), mode)
}

function entry(path: string, content: Uint8Array, mode: number): FileEntry {
  return { type: 'file', path: path.replace(/^\//, ''), mode, content }
}
