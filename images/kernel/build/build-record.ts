import { createHash } from 'node:crypto'
import { readFile, readdir, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import * as z from 'zod'
import { cacheFolder, writeAtomically } from '../../../runner/cache/files.js'

/** What guise keeps beside a kernel that it has built. */
export type BuildRecord = z.infer<typeof recordSchema>

const recordSchema = z.object({
  /** The source tree. */
  tree: z.string(),
  /** What the tree's Makefile states. */
  version: z.string(),
  /** The tree as it was built; see treeState(). */
  state: z.string(),
  /** SHA-256 of the fragment it was configured with. */
  fragment: z.string(),
  /** What the fragment asks for and this kernel has otherwise. */
  refused: z.array(
    z.object({
      name: z.string(),
      asked: z.string(),
      got: z.string(),
      /** Whether this version has such an option at all. */
      known: z.boolean(),
    }),
  ),
  /** When it was built, and in how many seconds. */
  at: z.iso.datetime(),
  seconds: z.number(),
  /** How many objects all of it is made of; null where no build has made all of it at a time. */
  objects: z.number().nullable().default(null),
})

const fileName = 'guise-build.json'
const begunName = 'guise-begun.json'

/** Where all of guise's builds lie. */
export function buildsFolder(): string {
  return join(cacheFolder(), 'builds')
}

/**
 * The build folder of a source tree, whether or not there is one.
 *
 * @param tree - its path without symbolic links
 */
export function buildFolderOf(tree: string): string {
  const digest = createHash('sha256').update(tree).digest('hex').slice(0, 12)
  return join(buildsFolder(), `${basename(tree)}-${digest}`)
}

/** Where the kernel's images lie in a build folder. */
export function imagesIn(folder: string): { vmlinux: string; bzImage: string } {
  return { vmlinux: join(folder, 'vmlinux'), bzImage: join(folder, 'arch/x86/boot/bzImage') }
}

/** What is recorded of the finished build in a folder; undefined where there is none, or an older guise's. */
export async function readBuildRecord(folder: string): Promise<BuildRecord | undefined> {
  try {
    const { vmlinux } = imagesIn(folder)
    await stat(vmlinux)
    return recordSchema.parse(JSON.parse(await readFile(join(folder, fileName), 'utf8')))
  } catch {
    return undefined
  }
}

/** Records a finished build. */
export async function writeBuildRecord(folder: string, record: BuildRecord): Promise<void> {
  await writeAtomically(join(folder, fileName), `${JSON.stringify(record, null, 1)}\n`)
}

/** Has a build folder no longer pass for a finished build, until its next one is; what is built in it stays. */
export async function forgetBuild(folder: string): Promise<void> {
  await rm(join(folder, fileName), { force: true })
  await rm(imagesIn(folder).bzImage, { force: true })
}

/** What is kept of a build from its begin to its end, so that one that was interrupted or failed is known. */
const begunSchema = z.object({
  tree: z.string(),
  /** SHA-256 of the fragment that the folder is configured with; null before it is. */
  fragment: z.string().nullable(),
})

/** Records that a build has begun, or is configured. */
export async function writeBegun(
  folder: string,
  begun: z.infer<typeof begunSchema>,
): Promise<void> {
  await writeAtomically(join(folder, begunName), `${JSON.stringify(begun)}\n`)
}

/** What is known of a build in a folder, finished or not; undefined where none has begun. */
export async function readBegun(folder: string): Promise<z.infer<typeof begunSchema> | undefined> {
  try {
    return begunSchema.parse(JSON.parse(await readFile(join(folder, begunName), 'utf8')))
  } catch {
    return undefined
  }
}

/** The finished builds in the cache, by their folders. */
export async function listBuilds(): Promise<ReadonlyMap<string, BuildRecord>> {
  const names = await readdir(buildsFolder()).catch(() => [])
  const builds = new Map<string, BuildRecord>()
  for (const name of names.sort()) {
    const folder = join(buildsFolder(), name)
    const record = await readBuildRecord(folder)
    if (record) builds.set(folder, record)
  }
  return builds
}
