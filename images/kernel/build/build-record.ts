import { createHash } from 'node:crypto'
import { readFile, readdir, realpath, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import * as z from 'zod'
import { cacheFolder, writeAtomically } from '../../cache.js'

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
})

const fileName = 'guise-build.json'

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

/** The folder of a finished build of this tree; undefined where guise has not built it. */
export async function findBuild(tree: string): Promise<string | undefined> {
  const folder = buildFolderOf(await realpath(tree))
  return (await readBuildRecord(folder)) && folder
}
