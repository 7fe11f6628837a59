import { type Dirent, existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { asEnvironmentError } from '../errors.js'
import type { GuiseRecord } from '../record/schema.js'
import { fidelities } from '../scenario/outcome.js'
import { baselinePath } from './file.js'
import { readBaseline } from './store.js'

/** A baseline that nothing is held against any more. */
export interface StaleBaseline {
  /** In the folder of the baselines. */
  readonly path: string
  readonly why: string
}

// SERIES/FIDELITY/VENDOR/SCENARIO.txt: what else lies there is not guise's to remove.
const shape = new RegExp(`^(\\d[^/]*/(?:${fidelities.join('|')}))/([^/]+)/([a-z0-9-]+)\\.txt$`)

/** What scenarios there are. */
export interface KnownScenarios {
  /** The names of the catalogue's, and of those that were run. */
  readonly names: ReadonlySet<string>
  /** The names in a file of the user's own; null where it can't be read. */
  readonly namesIn: (file: string) => Promise<ReadonlySet<string> | null>
}

/**
 * The baselines in a folder that are stale: of scenarios that there are no more, and of those whose guests have another CPU vendor
 * by now.
 *
 * @param records - what was held against baselines
 * @throws EnvironmentError when the folder can't be read
 */
export async function staleBaselines(
  folder: string,
  known: KnownScenarios,
  records: readonly GuiseRecord[],
): Promise<StaleBaseline[]> {
  // By series, fidelity and scenario: where the baseline lies now.
  const current = new Map(
    records
      .filter(({ outcome }) => outcome !== null)
      .map(record => [withoutVendor(baselinePath(record)), baselinePath(record)]),
  )
  const stale: StaleBaseline[] = []
  for (const path of listBaselines(folder)) {
    const gone = await whyGone(folder, path, known)
    const now = current.get(withoutVendor(path))
    if (gone !== null) stale.push({ path, why: gone })
    else if (now !== undefined && now !== path)
      stale.push({ path, why: `the guest's CPU vendor is another by now: ${dirname(now)}` })
  }
  return stale
}

/** Why there is no scenario of a baseline any more; null where there may be one. */
async function whyGone(
  folder: string,
  path: string,
  { names, namesIn }: KnownScenarios,
): Promise<string | null> {
  const scenario = shape.exec(path)?.[3] ?? ''
  if (names.has(scenario)) return null
  const file = fileOf(join(folder, path))
  if (file === null) return `there is no scenario ${scenario}`
  const own = resolve(folder, file)
  if (!existsSync(own)) return `there is no file ${own}`
  const there = await namesIn(own)
  return there === null || there.has(scenario) ? null : `${own} has no scenario ${scenario}`
}

function fileOf(baseline: string): string | null {
  try {
    return readBaseline(baseline)?.file ?? null
  } catch {
    // What can't be read names none.
    return null
  }
}

function withoutVendor(path: string): string {
  return path.replace(shape, '$1/$3')
}

/**
 * The paths of all baselines in a folder, sorted; none where there is no such folder.
 *
 * @throws EnvironmentError when it can't be read
 */
export function listBaselines(folder: string): string[] {
  return asEnvironmentError("can't read the baselines", () =>
    pathsIn(folder, '', levels)
      .filter(path => shape.test(path))
      .sort(),
  )
}

// SERIES, FIDELITY and VENDOR.
const levels = 3

/** The files in a folder, and as many levels below it. What a symbolic link leads to is somebody else's, and not to be removed. */
function pathsIn(folder: string, below: string, deeper: number): string[] {
  return entriesOf(join(folder, below)).flatMap(entry => {
    const path = join(below, entry.name)
    if (entry.isDirectory()) return deeper > 0 ? pathsIn(folder, path, deeper - 1) : []
    return entry.isFile() ? [path] : []
  })
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

// As replaceFileSync() names what it has not put in its place yet.
const leftover = /\.txt\.\d+\.[0-9a-f]{8}\.tmp$/
// Nobody takes as long to write a few kilobytes.
const leftoverAfterMs = 60_000

/**
 * Removes what an update left that was killed as it wrote.
 *
 * @param now - milliseconds since the epoch
 * @throws EnvironmentError when one can't be removed
 */
export function removeLeftovers(folder: string, now: number): void {
  asEnvironmentError("can't remove what an earlier update left", () => {
    for (const path of pathsIn(folder, '', levels).filter(each => leftover.test(each))) {
      const { mtimeMs = now } = statSync(join(folder, path), { throwIfNoEntry: false }) ?? {}
      if (mtimeMs < now - leftoverAfterMs) rmSync(join(folder, path), { force: true })
    }
  })
}

/**
 * Removes stale baselines.
 *
 * @throws EnvironmentError when one can't be removed
 */
export function removeBaselines(folder: string, stale: readonly StaleBaseline[]): void {
  asEnvironmentError("can't remove a baseline", () => {
    for (const { path } of stale) rmSync(join(folder, path), { force: true })
  })
}
