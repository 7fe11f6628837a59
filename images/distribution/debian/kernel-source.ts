import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { EnvironmentError, InputError } from '../../../runner/errors.js'
import { cacheSubfolder } from '../../../runner/cache/files.js'
import { withGuise } from '../../../runner/cache/child.js'
import { whileLocked } from '../../../runner/cache/lock.js'
import type { ResolveOptions } from '../../kernel/kernel.js'
import { parseDebianSpec, type DebianSpec } from './spec.js'
import { knownSuites, matchesVersion, newest } from './choose.js'
import { fetchPackage } from './fetch.js'
import { suiteSources, type SourcePackage } from './source-packages.js'

/**
 * Fetches the source of a Debian kernel, its package linux-source-VERSION, and unpacks it into the cache. Nothing is
 * installed; the second time, nothing is asked of the mirror.
 *
 * @param spec - `debian:SUITE`, `debian:VERSION`, or `debian:linux-source-VERSION`
 * @returns the path of the tree
 * @throws InputError when Debian has no such source
 * @throws EnvironmentError when it cannot be fetched or unpacked
 */
export async function fetchKernelSource(
  spec: string,
  options: ResolveOptions = {},
): Promise<string> {
  const { suite, name, version } = await chooseSource(spec, options)
  const parent = await cacheSubfolder('sources')
  const folder = join(parent, `${name}_${version.replaceAll(/[:~]/g, '_')}`)
  const onWait = () =>
    options.onProgress?.({ kind: 'note', text: `another guise unpacks ${name}: waiting for it` })
  await whileLocked(`${folder}.lock`, { signal: options.signal, onWait }, async () => {
    if (await stat(folder).catch(() => undefined)) return
    const { path } = await fetchPackage(suite, name, version, options)
    options.onProgress?.({ kind: 'note', text: `unpacking ${name} ${version}` })
    const partial = `${folder}.partial`
    await rm(partial, { recursive: true, force: true })
    await mkdir(partial)
    try {
      await unpackSource(path, partial, options.signal)
      await rename(partial, folder)
    } finally {
      await rm(partial, { recursive: true, force: true })
    }
  })
  return folder
}

/** The newest source that a spec asks for. */
async function chooseSource(spec: string, options: ResolveOptions): Promise<SourcePackage> {
  const asked = parseSourceSpec(spec)
  const suites =
    asked.from === 'debian-version'
      ? knownSuites
      : [asked.suite, ...(asked.suite.includes('-') ? [] : [`${asked.suite}-security`])]
  const { answers, trouble } = await suiteSources.askAll(suites, options)
  const found = [...answers.values()].flatMap(sources => sources ?? [])
  const fitting =
    asked.from === 'debian-version'
      ? found.filter(({ upstream }) => matchesVersion(upstream, asked.version))
      : found
  const chosen = newest(fitting.filter(({ native }) => native)) ?? newest(fitting)
  if (chosen) return chosen
  if (trouble) throw trouble
  const list = [...new Set(found.map(({ name, upstream }) => `${name} (${upstream})`))]
  throw new InputError(
    `kernel source ${spec}: none of the suites ${suites.join(', ')} has it; they have ${list.join(', ') || 'none'}`,
  )
}

function parseSourceSpec(spec: string): DebianSpec {
  const asked = parseDebianSpec(spec.replace(/^debian:linux-source-/, 'debian:'))
  if (!spec.includes('/')) return asked
  throw new InputError(
    `kernel source ${spec}: expected debian:SUITE, debian:VERSION or debian:linux-source-VERSION; a source has no flavour`,
  )
}

async function unpackSource(deb: string, folder: string, signal?: AbortSignal): Promise<void> {
  const options = {
    reject: false,
    ...(signal && { cancelSignal: signal }),
    env: { LC_ALL: 'C.UTF-8' },
  } as const
  const streaming = { ...options, buffer: { stdout: false } }
  const archive = execa(...withGuise('dpkg-deb', ['--fsys-tarfile', deb]), streaming)
  const inner = archive.pipe(
    ...withGuise('tar', ['-xO', '--wildcards', './usr/src/linux-source-*.tar.xz']),
    streaming,
  )
  const done = await inner.pipe(
    ...withGuise('tar', ['-xJ', '--no-same-owner', '--strip-components=1', '-C', folder]),
    options,
  )
  signal?.throwIfAborted()
  if (!done.failed) return
  throw new EnvironmentError(
    `cannot unpack ${deb} into ${folder}: ${done.stderr.trim() || done.shortMessage}`,
  )
}
