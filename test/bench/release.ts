import { execa } from 'execa'
import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { packageRoot } from '../../runner/paths.js'
import { temporaryFolder } from '../../runner/temporary-folder.js'
import type { Comparison } from './compare.js'

/** A release of guise, built beside this one. */
export interface Release extends AsyncDisposable {
  /** Such as `v0.1.0`. */
  readonly revision: string
  /** Its own `scripts/guise`. */
  readonly guise: string
}

/** The newest tag of a release, or null. */
export async function lastRelease(): Promise<string | null> {
  const { stdout, exitCode } = await execa(
    'git',
    ['describe', '--tags', '--abbrev=0', '--match', 'v*'],
    { cwd: packageRoot, reject: false },
  )
  return exitCode === 0 ? stdout : null
}

/** Builds a revision in a folder of its own, with the packages of this checkout. */
export async function openRelease(revision: string): Promise<Release> {
  const folder = await temporaryFolder('bench')
  const path = join(folder.path, 'guise')
  const inIt = { cwd: path }
  await execa('git', ['clone', '-q', '--shared', '--no-checkout', packageRoot, path])
  await execa('git', ['checkout', '-q', '--detach', revision], inIt)
  await symlink(join(packageRoot, 'node_modules'), join(path, 'node_modules'))
  await mkdir(join(path, 'dist'), { recursive: true })
  await execa('npm', ['run', '-s', 'build'], inIt)
  return {
    revision,
    guise: join(path, 'scripts', 'guise'),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

/** All scenarios that both know, under TCG, by this guise and by the release. */
export async function catalogueAgainst(
  { guise: theirs, revision }: Release,
  ours: string,
): Promise<Comparison> {
  const known = new Set(await namesOf(theirs))
  const names = (await namesOf(ours)).filter(name => known.has(name))
  const run = (guise: string) =>
    // A guest that fails is a result, too: what counts is the time that all of them took.
    execa(guise, ['run', ...names, '--accel', 'tcg', '--format', 'json'], {
      stdin: 'ignore',
      reject: false,
      maxBuffer: 2 ** 30,
    })
  return {
    name: `${names.length} scenarios under TCG / the same by ${revision}`,
    ours: () => run(ours),
    theirs: () => run(theirs),
    atMost: 1,
  }
}

async function namesOf(guise: string): Promise<string[]> {
  const { stdout } = await execa(guise, ['list', '--json'], { maxBuffer: 2 ** 30 })
  return (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name)
}
