import type { EnvironmentError } from '../../runner/errors.js'
import type { ListedKernel, ListedSuite } from '../distribution/distribution.js'
import { distributions } from '../distribution/table.js'
import { listBuilds, type BuildRecord } from './build/build-record.js'
import type { ResolveOptions } from './kernel.js'

/** A kernel that guise has built. */
export interface ListedBuild extends Pick<BuildRecord, 'tree' | 'version' | 'at'> {
  /** The build folder, which is a KERNEL SPEC. */
  readonly spec: string
}

/** All kernels that guise can have. */
export interface KernelList {
  readonly suites: readonly ListedSuite[]
  /** By suite, in the order of `suites`, then version and flavour. */
  readonly kernels: readonly ListedKernel[]
  readonly builds: readonly ListedBuild[]
}

/**
 * Lists the kernels of the distributions' suites and those of guise's own making.
 *
 * @param all - every one, instead of the newest of each suite, series and flavour
 * @throws EnvironmentError when a mirror cannot be asked and nothing is known from before
 */
export async function listAllKernels(all: boolean, options: ResolveOptions): Promise<KernelList> {
  const suites: ListedSuite[] = []
  const kernels: ListedKernel[] = []
  let trouble: EnvironmentError | undefined
  for (const distribution of distributions) {
    const list = await distribution.list(all, options)
    suites.push(...list.suites)
    kernels.push(...list.kernels)
    trouble ??= list.trouble
  }
  const builds = [...(await listBuilds())].map(([spec, { tree, version, at }]) => ({
    spec,
    tree,
    version,
    at,
  }))
  const isKnown = builds.length > 0 || suites.some(({ available }) => available !== null)
  if (trouble && !isKnown) throw trouble
  return { suites, kernels, builds }
}
