import { readFile } from 'node:fs/promises'
import { execa } from 'execa'
import { EnvironmentError } from '../../runner/errors.js'
import type { FileEntry } from '../cpio.js'
import { linkProgram } from './library-walk.js'
import { loadOrder, moduleDependencies } from './module-order.js'
import { fileNamed, type PackageSource } from './package-source.js'
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
 */
export async function moduleFiles(kernelFiles: readonly string[]): Promise<FileEntry[]> {
  const modules = new Map<string, Buffer>()
  const load = async (name: string) => {
    const module = modules.get(name) ?? (await readModule(kernelFiles, name))
    modules.set(name, module)
    return moduleDependencies(module)
  }
  const order = await loadOrder(Object.keys(recipe.modules), load)
  const lines = order.map(name => `${name}.ko ${recipe.modules[name] ?? ''}`.trimEnd())
  return [
    entry('/modules/load', Buffer.from(lines.map(line => `${line}\n`).join('')), 0o644),
    ...[...modules].map(([name, content]) => entry(`/modules/${name}.ko`, content, 0o644)),
  ]
}

// A module's name has underscores where its file may have hyphens (kvm-amd.ko calls itself kvm_amd).
async function readModule(kernelFiles: readonly string[], name: string): Promise<Buffer> {
  const spellings = [name, name.replaceAll('_', '-')]
  for (const spelling of spellings) {
    const plain = fileNamed(kernelFiles, `${spelling}.ko`)
    if (plain !== undefined) return readFile(plain)
    const packed = fileNamed(kernelFiles, `${spelling}.ko.xz`)
    if (packed !== undefined) {
      const { stdout } = await execa('xz', ['-dc', packed], {
        encoding: 'buffer',
        maxBuffer: 2 ** 28,
      })
      return Buffer.from(stdout)
    }
  }
  throw new EnvironmentError(`the nested host's kernel has no module ${name}`)
}

async function file(path: string, from: string, mode: number): Promise<FileEntry> {
  return entry(path, await readFile(from), mode)
}

function entry(path: string, content: Uint8Array, mode: number): FileEntry {
  return { type: 'file', path: path.replace(/^\//, ''), mode, content }
}
