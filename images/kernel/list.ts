import { listBuilds, type BuildRecord } from './build/build-record.js'
import { knownSuites } from '../distribution/debian/choose.js'
import { inCache } from '../distribution/debian/fetch.js'
import type { DebianKernel } from '../distribution/debian/packages.js'
import { kernelsOfSuites } from '../distribution/debian/suites.js'
import { compareDebianVersions } from '../distribution/debian/version.js'
import type { ResolveOptions } from './kernel.js'
import { debianFlavours } from './spec.js'

/** A kernel of Debian's that guise can have. */
export interface ListedKernel {
  /** The KERNEL SPEC that gives it, or one as new of the same point release. */
  readonly spec: string
  readonly suite: string
  readonly release: string
  /** The upstream version. */
  readonly version: string
  readonly flavour: string
  /** Whether it can be had without the mirror. */
  readonly cached: boolean
}

/** A kernel that guise has built. */
export interface ListedBuild extends Pick<BuildRecord, 'tree' | 'version' | 'at'> {
  /** The build folder, which is a KERNEL SPEC. */
  readonly spec: string
}

/** All kernels that guise can have. */
export interface KernelList {
  readonly suites: readonly {
    readonly suite: string
    /** False where the mirror has no such suite; null where it could not be asked and nothing is known. */
    readonly available: boolean | null
  }[]
  /** By suite, in the order of `suites`, then version and flavour. */
  readonly kernels: readonly ListedKernel[]
  readonly builds: readonly ListedBuild[]
}

/**
 * Lists the kernels of Debian's suites and those of guise's own making.
 *
 * @param all - every one, instead of the newest of each suite, series and flavour
 * @throws EnvironmentError when the mirror cannot be asked and nothing is known from before
 */
export async function listAllKernels(all: boolean, options: ResolveOptions): Promise<KernelList> {
  const { answers, trouble } = await kernelsOfSuites(knownSuites, options)
  const builds = [...(await listBuilds())].map(([spec, { tree, version, at }]) => ({
    spec,
    tree,
    version,
    at,
  }))
  if (trouble && answers.size === 0 && builds.length === 0) throw trouble
  const kernels: ListedKernel[] = []
  for (const suite of knownSuites) {
    const sorted = (answers.get(suite) ?? []).toSorted(byVersion)
    for (const kernel of all ? sorted : newestOfEach(sorted)) kernels.push(await listed(kernel))
  }
  const suites = knownSuites.map(suite => {
    const answer = answers.get(suite)
    return { suite, available: answer === undefined ? null : answer !== null }
  })
  return { suites, kernels, builds }
}

function byVersion(a: DebianKernel, b: DebianKernel): number {
  return (
    compareDebianVersions(a.version, b.version) ||
    debianFlavours.findIndex(name => name === a.flavour) -
      debianFlavours.findIndex(name => name === b.flavour)
  )
}

function newestOfEach(sorted: readonly DebianKernel[]): DebianKernel[] {
  const newest = new Map<string, DebianKernel>()
  for (const kernel of sorted) {
    const series = kernel.upstream.split('.').slice(0, 2).join('.')
    newest.set(`${series}/${kernel.flavour}`, kernel)
  }
  return sorted.filter(kernel => [...newest.values()].includes(kernel))
}

async function listed(kernel: DebianKernel): Promise<ListedKernel> {
  const { suite, release, upstream: version, flavour } = kernel
  const suffix = flavour === debianFlavours[0] ? '' : `/${flavour}`
  const cached = await inCache(kernel)
  return { spec: `debian:${version}${suffix}`, suite, release, version, flavour, cached }
}
