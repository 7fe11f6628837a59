import type { ResolveOptions } from '../../kernel/kernel.js'
import type { DistributionKernels, ListedKernel } from '../distribution.js'
import { knownSuites } from './choose.js'
import { inCache } from './fetch.js'
import type { DebianKernel } from './kernel-packages.js'
import { debianFlavours } from './spec.js'
import { suiteKernels } from './suite-kernels.js'
import { compareDebianVersions } from './version.js'

/**
 * Lists the kernels of Debian's suites.
 *
 * @param all - every one, instead of the newest of each suite, series and flavour
 */
export async function listDebianKernels(
  all: boolean,
  options: ResolveOptions,
): Promise<DistributionKernels> {
  const { answers, trouble } = await suiteKernels.askAll(knownSuites, options)
  const kernels: ListedKernel[] = []
  for (const suite of knownSuites) {
    const sorted = (answers.get(suite) ?? []).toSorted(byVersion)
    for (const kernel of all ? sorted : newestOfEach(sorted)) kernels.push(await listed(kernel))
  }
  const suites = knownSuites.map(suite => {
    const answer = answers.get(suite)
    return { suite, available: answer === undefined ? null : answer !== null }
  })
  return { suites, kernels, ...(trouble && { trouble }) }
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
