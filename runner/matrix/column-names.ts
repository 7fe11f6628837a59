import { basename } from 'node:path'
import type { GuiseRecord } from '../record/schema.js'

/** What a column is of, and is named by. */
export interface UnnamedKernel extends Pick<
  GuiseRecord['kernel'],
  'spec' | 'release' | 'version' | 'banner' | 'sha256'
> {
  /** The run that the records are of; of several the first. */
  readonly run: string
}

// What may tell two columns apart, from the shortest on.
const tellers: readonly ((kernel: UnnamedKernel) => string)[] = [
  ({ release }) => release,
  // `#3 SMP PREEMPT_DYNAMIC Wed Nov 25 22:08:06 UTC 2026`: UTS_VERSION, scripts/mkcompile_h and init/Makefile.
  ({ banner }) => /#\d+/.exec(banner)?.[0] ?? '',
  ({ banner }) => /\w{3} +\d+ \d\d:\d\d:\d\d(?= \w+ \d{4})/.exec(banner)?.[0] ?? '',
  ({ spec }) => basename(spec),
  ({ spec }) => spec,
  ({ sha256 }) => sha256.slice(0, 8),
  // `2026-11-25T22:08:06.123Z-4711`
  ({ run }) => run.slice('2026-'.length, '2026-11-25T22:08'.length).replace('T', ' '),
]
// A column is a kernel, or a run of it: these differ where nothing else does.
const last = ({ run, sha256 }: UnnamedKernel) => `${run} ${sha256}`

/** A name for each column: its version and flavour, and the shortest that tells apart those which share both. */
export function nameColumns(kernels: readonly UnnamedKernel[]): string[] {
  const names = new Map<UnnamedKernel, string>()
  for (const group of groupsBy(kernels, versionAndFlavour)) {
    for (const kernel of group) {
      const suffix = suffixIn(group, kernel)
      names.set(kernel, [versionAndFlavour(kernel), ...suffix].join(' '))
    }
  }
  return kernels.map(kernel => names.get(kernel) ?? kernel.version)
}

function versionAndFlavour({ version, release }: UnnamedKernel): string {
  const flavour = /-(cloud|rt)-/.exec(release)?.[1]
  return flavour === undefined ? version : `${version} ${flavour}`
}

/** What a kernel is called among those of its group: by what differs for all of them, else by what splits the group first. */
function suffixIn(group: readonly UnnamedKernel[], kernel: UnnamedKernel): string[] {
  if (group.length === 1) return []
  const splits = tellers.map(tell => ({ tell, parts: groupsBy(group, tell) }))
  const best = splits.find(({ parts }) => parts.length === group.length) ??
    splits.find(({ parts }) => parts.length > 1) ?? { tell: last, parts: groupsBy(group, last) }
  const part = best.parts.find(each => each.includes(kernel))
  return [best.tell(kernel), ...(part === undefined ? [] : suffixIn(part, kernel))].filter(
    text => text !== '',
  )
}

function groupsBy(
  kernels: readonly UnnamedKernel[],
  key: (kernel: UnnamedKernel) => string,
): UnnamedKernel[][] {
  return [...new Set(kernels.map(key))].map(value =>
    kernels.filter(kernel => key(kernel) === value),
  )
}
