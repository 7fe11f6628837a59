import * as z from 'zod'
import { EnvironmentError } from '../../../runner/errors.js'
import type { CachedFile } from '../../../runner/cache/files.js'
import { isIntact } from '../../../runner/cache/intact.js'
import { Memo } from '../../../runner/cache/memo.js'
import type { ModulePackages, ResolveOptions } from '../../kernel/kernel.js'
import type { PackagedKernel } from '../distribution.js'
import { SuiteApt } from './apt.js'
import { chooseKernel } from './choose.js'
import { type DebianKernel, modulePackages } from './kernel-packages.js'
import { debModules } from './modules.js'
import { parseDebianSpec } from './spec.js'
import { suiteKernels } from './suite-kernels.js'
import { unpackKernel } from './unpack.js'

const packageMemo = new Memo(
  'debian-packages',
  z.object({ path: z.string(), sha256: z.string(), bytes: z.number() }),
)

/**
 * Fetches the kernel that a `debian:` spec asks for and unpacks its image and configuration into the cache. Nothing is
 * installed; the second time, nothing is asked of the mirror.
 *
 * @throws InputError when the spec is malformed, or Debian has no such kernel
 * @throws EnvironmentError when it cannot be fetched
 */
export async function fetchDebianKernel(
  spec: string,
  options: ResolveOptions,
): Promise<PackagedKernel> {
  const asked = parseDebianSpec(spec)
  const kernel = await chooseKernel(spec, asked, options)
  try {
    return await fetchChosen(kernel, options)
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    // The mirror may have moved on since it was asked.
    options.onProgress?.({ kind: 'note', text: error.message })
    await suiteKernels.ask(kernel.suite, options)
    return fetchChosen(await chooseKernel(spec, asked, options), options)
  }
}

async function fetchChosen(kernel: DebianKernel, options: ResolveOptions): Promise<PackagedKernel> {
  const { suite, version, packages } = kernel
  const files: CachedFile[] = []
  for (const name of packages) files.push(await fetchPackage(suite, name, version, options))
  const paths = files.map(({ path }) => path)
  const key = files.map(({ sha256 }) => sha256).join(' ')
  return { ...(await unpackKernel(paths, key, options)), modules: modulesOf(kernel) }
}

/** The packages of a kernel's modules, which are fetched when they are needed. */
function modulesOf(kernel: DebianKernel): ModulePackages {
  const { suite, version } = kernel
  const names = modulePackages(kernel)
  const name = names.map(each => `${each}=${version}`).join(' ')
  return debModules(name, name, async options => {
    const paths: string[] = []
    for (const each of names) paths.push((await fetchPackage(suite, each, version, options)).path)
    return paths
  })
}

/**
 * Fetches one package of a suite that was asked for its kernels before, as a .deb in the cache.
 *
 * @param version - its whole Debian version
 * @throws EnvironmentError when it cannot be fetched
 */
export async function fetchPackage(
  suite: string,
  name: string,
  version: string,
  { signal, onProgress }: ResolveOptions = {},
): Promise<CachedFile> {
  const before = await cachedPackage(name, version)
  if (before) return before
  await using apt = await SuiteApt.open(suite, signal)
  const meanwhile = await cachedPackage(name, version)
  if (meanwhile) return meanwhile
  onProgress?.({ kind: 'note', text: `downloading ${name} ${version}` })
  const file = await apt.download(name, version)
  await packageMemo.set(`${name}=${version}`, file)
  return file
}

/** Whether all packages of a kernel are in the cache. */
export async function inCache({ packages, version }: DebianKernel): Promise<boolean> {
  const files = await Promise.all(packages.map(name => cachedPackage(name, version)))
  return files.every(file => file !== undefined)
}

async function cachedPackage(name: string, version: string): Promise<CachedFile | undefined> {
  const file = packageMemo.get(`${name}=${version}`)?.value
  return file && (await isIntact(file.path)) ? file : undefined
}
