import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheSubfolder } from '../../runner/cache/files.js'
import { EnvironmentError } from '../../runner/errors.js'
import type { FileEntry } from '../cpio.js'
import { refuseUnloadable } from './lay-out.js'
import { linkProgram } from './library-walk.js'
import type { PackageSource } from './package-source.js'

/** Debian's package of QEMU, and the program in it. */
export const qemuPackage = {
  package: 'qemu-system-x86',
  program: '/usr/bin/qemu-system-x86_64',
} as const

/**
 * Where QEMU's packages keep what it loads into x86 guests: firmware, boot loaders, and the ROMs of cards that a scenario may add.
 * They lie at the same paths wherever QEMU is laid out.
 */
const firmware = [
  { package: 'seabios', files: /\/usr\/share\/seabios\/[^/]*\.bin$/ },
  {
    package: 'qemu-system-data',
    files:
      /\/usr\/share\/qemu\/(kvmvapic|linuxboot|linuxboot_dma|multiboot|multiboot_dma|pvh)\.bin$/,
  },
  { package: 'ipxe-qemu', files: /\/usr\/(share|lib\/ipxe)\/qemu\/[^/]*\.rom$/ },
] as const

/**
 * What QEMU is built without and loads as it starts: from 5.2 to 7.2 its emulation (accel/meson.build). It looks in the folder of its
 * modules, which it knows relative to that of its program (get_relocated_path() in util/cutils.c), and takes the loader in /lib64 for
 * that: by it, it is started.
 */
const modules = {
  package: 'qemu-system-common',
  files: /\/usr\/lib\/x86_64-linux-gnu\/qemu\/(accel-(?:tcg|qtest)-x86_64\.so)$/,
  folder: '/lib/x86_64-linux-gnu/qemu',
} as const

/** QEMU with all that it needs to run, wherever it is laid out. */
export interface QemuFiles {
  /** QEMU, its dynamic loader, its libraries and its firmware. */
  readonly files: readonly FileEntry[]
  /** The loader's path among them. */
  readonly loader: string
}

/** Where the libraries lie: one of the folders that Debian's loader looks into unasked. */
export const libraryFolder = '/usr/lib'

/**
 * Collects {@link QemuFiles} from a suite's packages.
 *
 * @throws EnvironmentError where they can't be had, or can't be run from guise's cache
 */
export async function qemuFiles(packages: PackageSource): Promise<QemuFiles> {
  refuseUnloadable(await cacheSubfolder('qemu'))
  const { package: owner, program } = qemuPackage
  const path = (await packages.files(owner)).find(file => file.endsWith(program))
  if (path === undefined) throw new EnvironmentError(`Debian's ${owner} has no ${program}`)
  const { interpreter, libraries } = await linkProgram(packages, path, owner)
  const collected = [file(program, path, 0o755)]
  for (const [name, library] of libraries) {
    const isLoader = interpreter.endsWith(`/${name}`)
    collected.push(file(isLoader ? interpreter : `${libraryFolder}/${name}`, library, 0o755))
  }
  for (const from of await packages.files(modules.package)) {
    const [, name] = modules.files.exec(from) ?? []
    if (name !== undefined) collected.push(file(`${modules.folder}/${name}`, from, 0o644))
  }
  for (const { package: holder, files } of firmware) {
    for (const from of await packages.files(holder)) {
      const inside = files.exec(from)?.[0]
      if (inside !== undefined) collected.push(file(inside, from, 0o644))
    }
  }
  return { files: await Promise.all(collected), loader: interpreter }
}

/**
 * The command, without options, of a QEMU that is laid out in a folder. It goes through its own dynamic loader, for its libraries may
 * be newer than the machine's.
 */
export function laidOutCommand(folder: string, loader: string): string[] {
  const inside = (path: string) => join(folder, path)
  return [
    inside(loader),
    ...['--library-path', inside(libraryFolder), inside(qemuPackage.program)],
    ...['/usr/share/qemu', '/usr/share/seabios'].flatMap(path => ['-L', inside(path)]),
  ]
}

async function file(path: string, from: string, mode: number): Promise<FileEntry> {
  return { type: 'file', path: path.replace(/^\//, ''), mode, content: await readFile(from) }
}
