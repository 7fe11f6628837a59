import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { EnvironmentError } from '../../runner/errors.js'
import { packageRoot } from '../../runner/paths.js'
import { temporaryFolder } from '../../runner/temporary-folder.js'
import { sha256OfFile, storeBytes } from '../../runner/cache/files.js'
import { buildInitramfs } from '../initramfs.js'
import { chooseKernel } from '../distribution/debian/choose.js'
import { fetchPackage } from '../distribution/debian/fetch.js'
import { unpackPackage } from '../distribution/debian/unpack-package.js'
import { upstreamVersion } from '../distribution/debian/version.js'
import type { ResolveOptions } from '../kernel/kernel.js'
import { parseDebianSpec } from '../distribution/debian/spec.js'
import { areIntact, isIntact } from '../../runner/cache/intact.js'
import { Memo } from '../../runner/cache/memo.js'
import { laidOutCommand, qemuFiles, qemuPackage } from '../qemu/qemu-files.js'
import { moduleFiles } from './module-files.js'
import { layOut } from '../qemu/lay-out.js'
import { SuitePackages } from '../qemu/package-source.js'
import { recipe } from './recipe.js'
import { howToBuild } from '../../runner/installation.js'

/** A nested host, ready to be started. */
export type NestedHostImage = z.infer<typeof imageSchema>

const cachedFileSchema = z.object({ path: z.string(), sha256: z.string(), bytes: z.number() })

const imageSchema = z.object({
  /** The kernel that runs KVM. */
  kernel: cachedFileSchema,
  /** All else: the agent, KVM's modules, QEMU. */
  initramfs: cachedFileSchema,
  /** The command, without options, of the QEMU that emulates the host: the same QEMU as inside, laid out in the cache. */
  emulator: z.array(z.string()).readonly(),
  /** The files of that QEMU, which are checked before it runs. */
  emulatorFiles: z.array(z.object({ path: z.string(), sha256: z.string() })).readonly(),
  /** Such as `6.12.107`. */
  kernelVersion: z.string(),
  /** The version of both QEMUs, such as `10.0.13`. */
  qemuVersion: z.string(),
  /** The packages it was made of, `NAME=VERSION`, sorted. */
  packages: z.array(z.string()).readonly(),
})

const imageMemo = new Memo('nested-host', imageSchema)

/** PID 1 of the nested host, built from guest/agent/. */
export const agentProgram = join(packageRoot, 'dist', 'guest', 'agent')

/**
 * Makes the nested host from Debian's packages, as recipe.ts says; the second time it is found in the cache, and nothing
 * is asked of the mirror.
 *
 * @throws EnvironmentError when the packages cannot be fetched, or guise's own agent is not built
 */
export async function buildNestedHost(options: ResolveOptions = {}): Promise<NestedHostImage> {
  const recalled = await recallNestedHost()
  if (recalled) return recalled
  options.onProgress?.({
    kind: 'note',
    text: `building the nested host, once: some ${recipe.packages} packages are fetched for it`,
  })
  const image = await build(options)
  await imageMemo.set(await imageKey(), image)
  return image
}

/** The nested host, where it was made before and is still in the cache. */
export async function recallNestedHost(): Promise<NestedHostImage | null> {
  const recalled = imageMemo.get(await imageKey())?.value
  return recalled && (await isThere(recalled)) ? recalled : null
}

async function imageKey(): Promise<string> {
  return `recipe ${recipe.version} agent ${await agentDigest()}`
}

async function build(options: ResolveOptions): Promise<NestedHostImage> {
  await using folder = await temporaryFolder('nested-host')
  const kernel = await unpackKernel(join(folder.path, 'kernel'), options)
  const unpacked = join(folder.path, 'packages')
  const packages = new SuitePackages(recipe.suite, unpacked, recipe.packages, options)
  const qemu = await qemuFiles(packages)
  const files = [...qemu.files, ...(await moduleFiles(kernel.files))]
  const initramfs = await buildInitramfs({ init: agentProgram, files })
  const [facts] = await packages.describe([qemuPackage.package])
  const laidOut = await layOut(initramfs.sha256, qemu.files)
  return {
    emulator: laidOutCommand(laidOut.path, qemu.loader),
    emulatorFiles: laidOut.files,
    kernel: await storeBytes('kernels', '.vmlinuz', await readFile(kernel.image)),
    initramfs,
    kernelVersion: kernel.version,
    qemuVersion: upstreamVersion(facts?.version ?? '').replace(/\+.*/, ''),
    packages: [
      kernel.package,
      ...packages.unpacked.map(({ name, version }) => `${name}=${version}`),
    ].sort(),
  }
}

async function unpackKernel(folder: string, options: ResolveOptions) {
  const spec = `debian:${recipe.suite}`
  const chosen = await chooseKernel(spec, parseDebianSpec(spec), options)
  const [name] = chosen.packages
  if (name === undefined) throw new EnvironmentError(`${spec}: no package holds the kernel`)
  const { path } = await fetchPackage(chosen.suite, name, chosen.version, options)
  const files = await unpackPackage(path, folder, { signal: options.signal })
  const image = files.find(file => basename(file).startsWith('vmlinuz'))
  if (image === undefined) throw new EnvironmentError(`Debian's ${name} holds no kernel image`)
  return { image, files, version: chosen.upstream, package: `${name}=${chosen.version}` }
}

async function agentDigest(): Promise<string> {
  try {
    return await sha256OfFile(agentProgram)
  } catch (error) {
    throw new EnvironmentError(
      `the nested host's agent cannot be read at ${agentProgram}; ${howToBuild()}`,
      { cause: error },
    )
  }
}

async function isThere(image: NestedHostImage): Promise<boolean> {
  return (
    (await isIntact(image.kernel.path)) &&
    (await isIntact(image.initramfs.path)) &&
    (await areIntact(image.emulatorFiles))
  )
}
