import { stat } from 'node:fs/promises'
import * as z from 'zod'
import { EnvironmentError } from '../../../runner/errors.js'
import type { CachedFile } from '../../cache.js'
import { Memo } from '../../memo.js'
import type { ResolveOptions } from '../kernel.js'
import type { DebianSpec } from '../spec.js'
import { SuiteApt } from './apt.js'
import { chooseKernel } from './choose.js'
import type { DebianKernel } from './packages.js'
import { askMirror } from './suites.js'
import { unpackKernel, type UnpackedKernel } from './unpack.js'

const packageMemo = new Memo(
  'debian-packages',
  z.object({ path: z.string(), sha256: z.string(), bytes: z.number() }),
)

/**
 * Fetches the kernel that a `debian:` spec asks for and unpacks its image and configuration into the cache. Nothing is
 * installed; the second time, nothing is asked of the mirror.
 *
 * @throws InputError when Debian has no such kernel
 * @throws EnvironmentError when it cannot be fetched
 */
export async function fetchDebianKernel(
  spec: string,
  asked: DebianSpec,
  options: ResolveOptions,
): Promise<UnpackedKernel> {
  const kernel = await chooseKernel(spec, asked, options)
  try {
    return await fetchChosen(kernel, options)
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    // The mirror may have moved on since it was asked.
    options.onProgress?.(error.message)
    await askMirror(kernel.suite, options)
    return fetchChosen(await chooseKernel(spec, asked, options), options)
  }
}

async function fetchChosen(
  { suite, version, packages }: DebianKernel,
  options: ResolveOptions,
): Promise<UnpackedKernel> {
  const files: CachedFile[] = []
  for (const name of packages) files.push(await fetchPackage(suite, name, version, options))
  const paths = files.map(({ path }) => path)
  return unpackKernel(paths, files.map(({ sha256 }) => sha256).join(' '), options)
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
  const key = `${name}=${version}`
  const cached = async () => {
    const file = packageMemo.recall(key)?.value
    const found = file && (await stat(file.path).catch(() => undefined))
    return found?.size === file?.bytes ? file : undefined
  }
  const before = await cached()
  if (before) return before
  await using apt = await SuiteApt.open(suite, signal)
  const meanwhile = await cached()
  if (meanwhile) return meanwhile
  onProgress?.(`downloading ${name} ${version}`)
  const file = await apt.download(name, version)
  await packageMemo.record(key, file)
  return file
}
