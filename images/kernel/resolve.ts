import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { InputError } from '../../runner/errors.js'
import { imagesIn, readBegun, readBuildRecord } from './build/build-record.js'
import { versionOfTree } from './build/source-tree.js'
import { configBeside, installedConfig, parseKernelConfig, readConfig } from './config.js'
import { distributionOf, distributions, specForms } from '../distribution/table.js'
import { configInside, inspectImage } from './image.js'
import { readTreeFlags } from './tree-flags.js'
import type { Kernel, KernelConfig, ModuleSource, ResolveOptions } from './kernel.js'

/** Where a spec's image lies. */
interface Located {
  readonly image: string
  /** The configuration that came with it, where that is known to be this image's. */
  readonly config?: string | null
  readonly modules: ModuleSource
  /** The same build as a bzImage, where `image` is a vmlinux. */
  readonly bzImage?: string
}

/**
 * Finds the kernel that a KERNEL SPEC asks for: the path of a bzImage or vmlinux, a kernel build tree, a source tree or build
 * folder of `guise kernel build`, a distribution's package file; or `debian:SUITE`, `debian:VERSION` and what other distributions
 * have (see `distribution/table.ts`), which is fetched where the cache does not have it.
 *
 * @throws InputError when there is no such kernel, or what is there cannot be booted
 * @throws EnvironmentError when the machine cannot fetch or keep it
 */
export async function resolveKernel(spec: string, options: ResolveOptions = {}): Promise<Kernel> {
  if (spec === '')
    throw new InputError(`kernel: expected a path or ${specForms()}, got an empty string`)
  const distribution = distributionOf(spec)
  const located: Located = distribution
    ? await distribution.fetch(spec, options)
    : await locatePath(spec, options)
  const { image, modules } = located
  const facts = await inspectImage(image, image === resolve(spec) ? spec : `${spec} (${image})`)
  const config = await findConfig(located, facts.release)
  const flagBits = modules.from === 'tree' ? await readTreeFlags(modules.path) : null
  return {
    spec,
    path: image,
    bzImage: located.bzImage ?? null,
    ...facts,
    config,
    flagBits,
    modules,
  }
}

async function locatePath(spec: string, options: ResolveOptions): Promise<Located> {
  const path = resolve(spec)
  const suffixes = distributions.map(({ packageSuffix }) => packageSuffix).join(', a ')
  const found = await stat(path).catch((cause: unknown) => {
    throw new InputError(
      `kernel ${spec}: no such file; expected a bzImage, a vmlinux, a kernel build tree, a ${suffixes}, ${specForms()}`,
      { cause },
    )
  })
  if (found.isDirectory()) return locateInFolder(spec, path, options)
  if (!found.isFile()) throw new InputError(`kernel ${spec} is no regular file`)
  await access(path, constants.R_OK).catch((cause: unknown) => {
    throw new InputError(
      `kernel ${spec} cannot be read by this user; copy it, or change its mode`,
      { cause },
    )
  })
  for (const { title, packageSuffix, isPackage, unpack } of distributions) {
    if (await isPackage(path)) return unpack(path, spec, options)
    if (path.endsWith(packageSuffix))
      throw new InputError(`kernel ${spec} is no ${title} package, whatever its name says`)
  }
  const tree = /^(.*)\/(?:arch\/x86(?:_64)?\/boot\/bzImage|vmlinux)$/.exec(path)?.[1]
  const isBuilt = tree !== undefined && (await exists(join(tree, 'modules.order')))
  return { image: path, modules: isBuilt ? { from: 'tree', path: tree } : { from: 'machine' } }
}

async function locateInFolder(
  spec: string,
  folder: string,
  options: ResolveOptions,
): Promise<Located> {
  if (await readBuildRecord(folder)) return locateBuild(folder)
  // A build of guise's that failed, or was interrupted, goes on.
  const begun = await readBegun(folder)
  if (begun) return build(begun.tree, options)
  const image = join(folder, 'arch/x86/boot/bzImage')
  if (await exists(image)) return { image, modules: { from: 'tree', path: folder } }
  const isConfigured = await exists(join(folder, '.config'))
  if (!isConfigured && (await versionOfTree(folder))) return build(folder, options)
  const isTree = isConfigured || (await exists(join(folder, 'Kbuild')))
  const why = isTree
    ? 'has no arch/x86/boot/bzImage yet; build it with `make bzImage`, or a small one with `guise kernel build`'
    : 'is a folder, but no kernel build tree'
  throw new InputError(`kernel ${spec} ${why}`)
}

/** What is run is the tree as it is now, never as it was. */
async function build(tree: string, options: ResolveOptions): Promise<Located> {
  const { buildKernel } = await import('./build/build-kernel.js')
  return locateBuild((await buildKernel(tree, options)).folder)
}

/** A kernel of guise's own making: the vmlinux, which starts faster, where it has the entry that QEMU starts it by. */
async function locateBuild(folder: string): Promise<Located> {
  const { vmlinux, bzImage } = imagesIn(folder)
  const config = join(folder, '.config')
  const hasPvh = (await readConfig(config)).get('PVH') === 'y'
  const modules = { from: 'tree', path: folder } as const
  return hasPvh ? { image: vmlinux, config, bzImage, modules } : { image: bzImage, config, modules }
}

async function findConfig(located: Located, release: string): Promise<KernelConfig | null> {
  if (located.config) return readConfig(located.config)
  const beside = await configBeside(located.image, release)
  if (beside) return beside
  const inside = await configInside(located.image)
  return inside === undefined ? installedConfig(release) : parseKernelConfig(inside)
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
