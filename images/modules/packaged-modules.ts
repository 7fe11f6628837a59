import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { EnvironmentError } from '../../runner/errors.js'
import { temporaryFolder } from '../../runner/temporary-folder.js'
import { cacheSubfolder, storeBytes } from '../../runner/cache/files.js'
import type { ModulePackages, ResolveOptions } from '../kernel/kernel.js'
import { isIntact } from '../../runner/cache/intact.js'
import { lock } from '../../runner/cache/lock.js'
import { Memo } from '../../runner/cache/memo.js'
import { findModule, type FindModule, moduleFolder } from './module-folder.js'
import { loadOrder } from './module-order.js'

const knownSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('file'),
    path: z.string(),
    bytes: z.number(),
    depends: z.array(z.string()),
  }),
  z.object({ kind: z.enum(['built-in', 'absent']) }),
])

/** What is remembered of a module: its uncompressed file lies in the cache. */
type KnownModule = z.infer<typeof knownSchema>

const moduleMemo = new Memo('kernel-modules', knownSchema)

/**
 * Sees to it that the modules `wanted`, with all that they need, are in the cache; then looks them up there. Packages are
 * fetched and unpacked only where one is not yet known, and then once for all that is wanted: unpacking takes seconds.
 *
 * @throws EnvironmentError where the packages can't be fetched or unpacked, or hold no modules
 */
export async function packagedModules(
  packages: ModulePackages,
  wanted: readonly string[],
  options: ResolveOptions,
): Promise<FindModule> {
  if (!(await allKnown(packages, wanted))) {
    const held = await lock(join(await cacheSubfolder('modules'), 'lock'), {
      signal: options.signal,
    })
    try {
      // Another guise, or another job of this one, may have unpacked while this one waited.
      if (!(await allKnown(packages, wanted))) await unpackInto(packages, wanted, options)
    } finally {
      await held[Symbol.asyncDispose]()
    }
  }
  return async name => {
    const known = await recall(packages, name)
    if (known === undefined) throw new EnvironmentError(`the module ${name} has left the cache`)
    if (known.kind !== 'file') return known
    return { kind: 'file', content: await readFile(known.path), depends: known.depends }
  }
}

async function allKnown(packages: ModulePackages, wanted: readonly string[]): Promise<boolean> {
  const seen = new Set(wanted)
  // A set that grows while it is walked is walked to its end.
  for (const name of seen) {
    const known = await recall(packages, name)
    if (known === undefined) return false
    if (known.kind === 'file') for (const needed of known.depends) seen.add(needed)
  }
  return true
}

async function recall({ key }: ModulePackages, name: string): Promise<KnownModule | undefined> {
  const known = moduleMemo.get(`${key}\n${name}`)?.value
  if (known?.kind !== 'file') return known
  return (await isIntact(known.path)) ? known : undefined
}

async function unpackInto(
  packages: ModulePackages,
  wanted: readonly string[],
  options: ResolveOptions,
): Promise<void> {
  await using unpacked = await temporaryFolder('modules')
  const files = await packages.unpack(unpacked.path, options)
  const folder = await moduleFolder(files)
  if (folder.files.size === 0) throw new EnvironmentError(`${packages.name} holds no modules`)
  await loadOrder(wanted, async name => {
    const found = await findModule(folder, name)
    const known: KnownModule =
      found.kind === 'file'
        ? {
            kind: 'file',
            depends: [...found.depends],
            ...(await storeBytes('modules', '.ko', found.content)),
          }
        : found
    await moduleMemo.set(`${packages.key}\n${name}`, known)
    return known.kind === 'file' ? known.depends : []
  })
}
