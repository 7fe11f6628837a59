import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EnvironmentError } from '../../../runner/errors.js'
import { makeFolders } from '../../../runner/make-folders.js'
import { cacheSubfolder } from '../../../runner/cache/files.js'
import { type HeldLock, whileLocked } from '../../../runner/cache/lock.js'
import { distributionOf } from '../../distribution/table.js'
import type { ResolveOptions } from '../kernel.js'
import {
  buildFolderOf,
  forgetBuild,
  imagesIn,
  listBuilds,
  readBegun,
  readBuildRecord,
  writeBegun,
  writeBuildRecord,
  type BuildRecord,
} from './build-record.js'
import { checkBuildTools } from './build-tools.js'
import {
  type BuildOptions,
  type Configuration,
  digestOf,
  readConfiguration,
} from './configuration.js'
import { configure } from './configure.js'
import { runMake } from './make.js'
import { describeRefused, findRefused } from './refused-options.js'
import { checkClean, openSourceTree, treeState, type SourceTree } from './source-tree.js'

/** A kernel that guise has built from its source. */
export interface BuiltKernel extends BuildRecord {
  /** The build folder, which is a KERNEL SPEC. */
  readonly folder: string
  readonly vmlinux: string
  readonly bzImage: string
  /** Whether make was run for it now. */
  readonly fresh: boolean
}

/**
 * Builds the small kernel of a source tree: tinyconfig and guise's fragment, or what is asked for, outside the tree, in a folder of
 * the cache that is kept, so that the next build makes only what has changed. An unchanged tree builds nothing.
 *
 * @param source - the path of a source tree, or `debian:SUITE`, `debian:VERSION` for Debian's linux-source package
 * @throws InputError when it is no kernel source, or does not build
 * @throws EnvironmentError when the machine lacks tools or room
 */
export async function buildKernel(
  source: string,
  options: BuildOptions = {},
): Promise<BuiltKernel> {
  const configuration = await readConfiguration(options)
  const path = (await distributionOf(source)?.fetchSource(source, options)) ?? source
  const tree = await openSourceTree(path, source)
  const folder = buildFolderOf(tree.path)
  await cacheSubfolder('builds')
  const onWait = () =>
    options.onProgress?.({ kind: 'note', text: `another guise builds ${source}: waiting for it` })
  return whileLocked(`${folder}.lock`, { signal: options.signal, onWait }, held =>
    buildInto({ folder, held }, { tree, source, configuration }, options),
  )
}

/** A build folder, and the lock on it. */
interface LockedFolder {
  readonly folder: string
  readonly held: HeldLock
}

/** What is built, and how it is configured. */
interface BuildInput {
  readonly tree: SourceTree
  /** What messages call the tree. */
  readonly source: string
  readonly configuration: Configuration
}

async function buildInto(
  { folder, held }: LockedFolder,
  { tree, source, configuration }: BuildInput,
  options: ResolveOptions,
): Promise<BuiltKernel> {
  const wanted = digestOf(configuration)
  const before = await readBuildRecord(folder)
  const state = await treeState(tree, options.signal)
  if (before?.state === state && before.fragment === wanted) return built(folder, before, false)

  await checkBuildTools()
  await checkClean(tree, source)
  const started = performance.now()
  const { version } = tree
  const begun = await readBegun(folder)
  const configured = (before ?? begun)?.fragment === wanted
  options.onProgress?.({ kind: 'note', text: announce(version, source, before, configured) })
  const total = begun ? null : await objectsOf(version, wanted)
  const { refused, objects } = await compile(
    { tree, folder, held, configuration, wanted, configured, total },
    options,
  )
  const seconds = Math.round((performance.now() - started) / 100) / 10
  const record = { tree: tree.path, version, state, fragment: wanted, refused }
  const at = new Date().toISOString()
  const finished = { ...record, at, seconds, objects: begun ? (before?.objects ?? null) : objects }
  await writeBuildRecord(folder, finished)
  return built(folder, finished, true)
}

function announce(
  version: string,
  source: string,
  before: BuildRecord | null | undefined,
  configured: boolean,
): string {
  if (before) return `building ${version} anew: ${source} has changed`
  if (configured) return `going on with the build of ${version} from ${source}`
  return `building ${version} from ${source}; the first time takes some minutes`
}

function built(folder: string, record: BuildRecord, fresh: boolean): BuiltKernel {
  return { ...record, folder, ...imagesIn(folder), fresh }
}

interface Compilation extends LockedFolder {
  readonly tree: SourceTree
  readonly configuration: Configuration
  /** Its SHA-256. */
  readonly wanted: string
  /** Whether the folder is configured with it already. */
  readonly configured: boolean
  /** How many objects are to be built; null where that is not known. */
  readonly total: number | null
}

/** How many objects another build of this version has; null where there is none. How many a changed tree needs, make alone knows. */
async function objectsOf(version: string, fragment: string): Promise<number | null> {
  const same = [...(await listBuilds()).values()].filter(
    build => build.version === version && build.fragment === fragment,
  )
  return same.find(({ objects }) => objects !== null)?.objects ?? null
}

async function compile(
  { tree, folder, held, configuration, wanted, configured, total }: Compilation,
  options: ResolveOptions,
): Promise<Pick<BuildRecord, 'refused' | 'objects'>> {
  const place = { source: tree.path, output: folder, held }
  await makeFolder(folder)
  // A new configuration touches only what depends on what is new in it: kbuild looks at each option by itself.
  await writeBegun(folder, { tree: tree.path, fragment: configured ? wanted : null })
  if (!configured) {
    await configure(place, configuration, options)
    await writeBegun(folder, { tree: tree.path, fragment: wanted })
  }
  const config = await readFile(join(folder, '.config'), 'utf8')
  const refused = await findRefused(tree.path, configuration.fragment, config)
  // Once for a configuration: a developer builds it many times a day.
  if (!configured) {
    for (const text of describeConfiguration(tree.version, refused, config))
      options.onProgress?.({ kind: 'note', text })
  }
  const objects = await runMake(place, ['vmlinux', 'bzImage', 'modules'], { ...options, total })
  return { refused, objects }
}

function describeConfiguration(
  version: string,
  refused: BuildRecord['refused'],
  config: string,
): string[] {
  const hasPvh = /^CONFIG_PVH=y$/m.test(config)
  return [
    ...describeRefused({ refused, version }),
    ...(hasPvh ? [] : [`${version} has no PVH entry: it is booted as a bzImage`]),
  ]
}

async function makeFolder(folder: string): Promise<void> {
  try {
    // What no build was finished in may be an interrupted one's: kbuild goes on from it.
    makeFolders(folder)
    await forgetBuild(folder)
  } catch (cause) {
    throw new EnvironmentError(`cannot write ${folder}: ${(cause as Error).message}`, { cause })
  }
}
