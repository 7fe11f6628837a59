import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { InputError } from '../errors.js'
import { counted } from '../terminal/counted.js'
import { guestsWithoutRecord, type readRun } from './read-run.js'
import type { RunManifest } from './run-manifest.js'

/** A run with its manifest, as it lies on the disk. */
export type MergedPart = ReturnType<typeof readRun>

type Kernel = RunManifest['kernels'][number]

/**
 * What the whole of several runs says of itself: shards of one, or runs whose guests differ.
 *
 * @throws InputError where they are no parts of a whole: of two divisions, with other options, or with one guest twice
 */
export function mergeManifests(parts: readonly MergedPart[]): RunManifest {
  const [first] = parts
  if (first === undefined) throw new InputError('expected the folders of runs, got none')
  for (const part of parts) refuseStranger(first, part)
  refuseTwice(parts)
  const manifests = parts.map(({ manifest }) => manifest)
  const scenarios = scenariosOf(parts)
  const began = manifests.map(({ started }) => started).toSorted()
  const ended = manifests.map(each => each.ended)
  const last =
    ended
      .filter(time => time !== null)
      .toSorted()
      .at(-1) ?? null
  const isWhole = !ended.includes(null) && missingShards(parts).length === 0
  const of = createHash('sha256').update(JSON.stringify(manifests.map(({ run }) => run).toSorted()))
  return {
    schema: first.manifest.schema,
    guise: first.manifest.guise,
    command: first.manifest.command,
    options: first.manifest.options,
    run: `${began[0] ?? ''}-${of.digest('hex').slice(0, 12)}`,
    started: began[0] ?? first.manifest.started,
    ended: isWhole ? last : null,
    notRun: manifests.reduce((sum, { notRun }) => sum + notRun, 0),
    ...lackOf(parts),
    cwd: process.cwd(),
    kernels: kernelsOf(manifests, scenarios.length),
    scenarios,
  }
}

/** What shards that are not there leave open: at least a guest each, where no manifest says how many the whole has. */
function lackOf(parts: readonly MergedPart[]): Pick<RunManifest, 'lacks'> {
  const shards = missingShards(parts)
  const whole = parts[0]?.manifest.shard
  if (shards.length === 0 || whole === undefined) return {}
  const there = parts.reduce(
    (sum, part) => sum + part.records.length + guestsWithoutRecord(part).length,
    0,
  )
  const guests = Math.max(shards.length, (whole.guests ?? 0) - there)
  return { lacks: { shards, count: whole.count, guests } }
}

/** The shards, by number, that are not among the parts of a run; empty also where it was not divided. */
export function missingShards(parts: readonly MergedPart[]): number[] {
  const count = parts[0]?.manifest.shard?.count ?? 0
  const there = new Set(parts.map(({ manifest }) => manifest.shard?.index))
  return Array.from({ length: count }, (_, place) => place + 1).filter(index => !there.has(index))
}

/**
 * All kernels, with the scenarios that any of the runs was to have on it.
 *
 * @param all - how many scenarios there are: a kernel that has them all does not list them
 */
function kernelsOf(manifests: readonly RunManifest[], all: number): Kernel[] {
  const found = new Map<string, Kernel>()
  for (const { kernels, scenarios, cwd } of manifests) {
    for (const kernel of kernels) {
      const before = found.get(kernel.sha256)
      const names = kernel.scenarios ?? scenarios.map(({ name }) => name)
      found.set(kernel.sha256, {
        ...(before ?? kernel),
        spec: before?.spec ?? specFrom(cwd, kernel.spec),
        scenarios: [...(before?.scenarios ?? []), ...names],
      })
    }
  }
  // Of different kernels of one release each part alone has no need to tell them apart.
  const kernels = [...found.values()]
  return kernels.map(kernel => {
    const twins = kernels.filter(({ release }) => release === kernel.release)
    const own = twins.length > 1 ? `${kernel.release}-${kernel.sha256.slice(0, 8)}` : kernel.release
    const { scenarios = [], ...rest } = kernel
    return { ...rest, folder: own, ...(scenarios.length < all && { scenarios }) }
  })
}

function scenariosOf(parts: readonly MergedPart[]): RunManifest['scenarios'] {
  const found = new Map<string, RunManifest['scenarios'][number]>()
  for (const { manifest, folder } of parts) {
    for (const scenario of manifest.scenarios) {
      const before = found.get(scenario.name)
      if (before !== undefined && before.digest !== scenario.digest)
        throw new InputError(
          `${folder}: ${scenario.name}: expected the scenario that the other runs have, got another of this name`,
        )
      const file = scenario.file === '' ? '' : resolve(manifest.cwd, scenario.file)
      found.set(scenario.name, before ?? { ...scenario, file })
    }
  }
  return [...found.values()]
}

/** A path means the same from elsewhere; `debian:` and its like are none. */
function specFrom(cwd: string, spec: string): string {
  return /^[a-z]+:/.test(spec) ? spec : resolve(cwd, spec)
}

function refuseStranger(first: MergedPart, { folder, manifest }: MergedPart): void {
  const differ = (what: string, want: string, got: string) =>
    new InputError(`${folder}: expected ${what} ${want} as in ${first.folder}, got ${got}`)
  const [a, b] = [first.manifest.shard, manifest.shard]
  if (a?.division !== b?.division || a?.count !== b?.count) {
    const name = (shard: typeof a) =>
      shard === undefined
        ? 'no shard'
        : `a shard of ${shard.count}, division ${shard.division.slice(0, 8)}`
    throw differ('a part of the same run,', name(a), name(b))
  }
  if (first.manifest.guise !== manifest.guise)
    throw differ('guise', first.manifest.guise, manifest.guise)
  for (const name of [
    'accelerator',
    'qemu',
    'channel',
    'clock',
    'fullConsole',
    'totalMs',
  ] as const) {
    const [want, got] = [first.manifest.options[name], manifest.options[name]].map(String)
    if (want !== got) throw differ(name, want ?? '', got ?? '')
  }
}

/** A guest of two parts would have two results. */
function refuseTwice(parts: readonly MergedPart[]): void {
  const folders = new Map<string, string>()
  for (const part of parts) {
    const guests = [...part.records, ...guestsWithoutRecord(part)]
    for (const { scenario, kernel } of guests) {
      const key = `${scenario} ${kernel.sha256}`
      const before = folders.get(key)
      if (before !== undefined && before !== part.folder)
        throw new InputError(
          `${part.folder}: expected guests that no other run has, got ${scenario} on ${kernel.version}, as in ${before} (${counted(parts.length, 'run')})`,
        )
      folders.set(key, part.folder)
    }
  }
}
