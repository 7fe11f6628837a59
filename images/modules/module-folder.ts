import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { EnvironmentError } from '../../runner/errors.js'
import { isModuleFile, moduleName, readModule } from './module-file.js'
import { moduleDependencies } from './module-order.js'

/** The modules of one kernel, as files. */
export interface ModuleFolder {
  /** Their paths, by name. */
  readonly files: ReadonlyMap<string, string>
  /** The names of what could have been modules and is part of the kernel image. */
  readonly builtIn: ReadonlySet<string>
}

/** What became of the question for one module. */
export type FoundModule =
  | {
      readonly kind: 'file'
      /** The .ko file's content, uncompressed. */
      readonly content: Buffer
      /** The names of the modules that it needs. */
      readonly depends: readonly string[]
    }
  /** It is part of the kernel image, or the kernel has none of that name. */
  | { readonly kind: 'built-in' | 'absent' }

/** Looks one module up, by its name as the kernel has it. */
export type FindModule = (name: string) => Promise<FoundModule>

/**
 * Makes a folder of the files of an unpacked package, or of /lib/modules/RELEASE: `.ko` files, and `modules.builtin` (the
 * kernel's Documentation/kbuild/kbuild.rst).
 */
export async function moduleFolder(files: readonly string[]): Promise<ModuleFolder> {
  const builtIn = files.find(path => basename(path) === 'modules.builtin')
  return {
    files: byName(files.filter(isModuleFile)),
    builtIn: builtIn === undefined ? new Set() : namesInList(await readFile(builtIn, 'utf8')),
  }
}

/**
 * The modules of a kernel that is installed on this machine.
 *
 * @throws EnvironmentError where there are none
 */
export async function installedModules(
  release: string,
  root = '/lib/modules',
): Promise<ModuleFolder> {
  const folder = join(root, release)
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
    (error: unknown) => {
      throw new EnvironmentError(
        `there is no ${folder} on this machine; a build tree or a .deb comes with its modules`,
        { cause: error },
      )
    },
  )
  return moduleFolder(
    entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name)),
  )
}

/**
 * The modules of a kernel build tree, by its `modules.order`; a whole tree takes too long to look through.
 *
 * @throws EnvironmentError where they are not built
 */
export async function treeModules(tree: string): Promise<ModuleFolder> {
  const list = await readFile(join(tree, 'modules.order'), 'utf8').catch((error: unknown) => {
    throw new EnvironmentError(`${tree} has no modules.order yet; build it with \`make modules\``, {
      cause: error,
    })
  })
  const builtIn = await readFile(join(tree, 'modules.builtin'), 'utf8').catch(() => '')
  // `kernel/` up to 5.x, and .o instead of .ko since 6.3 (scripts/Makefile.build).
  const inside = linesOf(list).filter(line => !line.split('/').includes('..'))
  const paths = inside.map(line => join(tree, line.replace(/^kernel\//, '').replace(/\.o$/, '.ko')))
  return { files: byName(paths), builtIn: namesInList(builtIn) }
}

/**
 * Looks a module up in a folder.
 *
 * @throws EnvironmentError where its file cannot be read, or is none of a module
 */
export async function findModule(
  { files, builtIn }: ModuleFolder,
  name: string,
): Promise<FoundModule> {
  const path = files.get(name)
  if (path === undefined) return { kind: builtIn.has(name) ? 'built-in' : 'absent' }
  const content = await readModule(path)
  try {
    return { kind: 'file', content, depends: moduleDependencies(content).map(moduleName) }
  } catch (error) {
    throw new EnvironmentError(`${path} is no kernel module: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

function byName(paths: readonly string[]): Map<string, string> {
  return new Map(paths.map(path => [moduleName(path), path]))
}

function namesInList(text: string): Set<string> {
  return new Set(linesOf(text).map(moduleName))
}

function linesOf(text: string): string[] {
  return text.split('\n').filter(line => line !== '')
}
