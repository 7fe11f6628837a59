import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'

/** How much room this machine has for guests. */
export interface MachineRoom {
  /** The CPUs that this process may run on. */
  readonly cpus: number
  /** How much CPU time its control groups give it, in CPUs, such as 1.5; null where nothing limits it. */
  readonly quota: number | null
  /** How much memory there is to be had, in MiB; null where that is not known. */
  readonly memoryMiB: number | null
}

/** Reads how much room this machine has; what cannot be read limits nothing. */
export function machineRoom(root = '/'): MachineRoom {
  const groups = controlGroups(root)
  const quotas = groups.flatMap(group => quotaOf(textOf(join(group, 'cpu.max'))))
  const limits = groups.flatMap(group => memoryLeftIn(group))
  const available = /^MemAvailable: +(\d+) kB$/m.exec(textOf(join(root, 'proc/meminfo')))?.[1]
  const memory = [...limits, ...(available === undefined ? [] : [Number(available) * 1024])]
  return {
    cpus: availableParallelism(),
    quota: quotas.length === 0 ? null : Math.min(...quotas),
    memoryMiB: memory.length === 0 ? null : Math.floor(Math.min(...memory) / 2 ** 20),
  }
}

/** The folders of the control group that this process is in, and of those around it: cgroups(7), the second version. */
function controlGroups(root: string): string[] {
  const own = /^0::(\/.*)$/m.exec(textOf(join(root, 'proc/self/cgroup')))?.[1]
  if (own === undefined) return []
  const top = join(root, 'sys/fs/cgroup')
  const folders = [join(top, own)]
  for (let last = folders[0] ?? top; last !== top && last.length > top.length;) {
    last = dirname(last)
    folders.push(last)
  }
  return folders
}

/** `cpu.max` is `QUOTA PERIOD` in microseconds, or `max PERIOD` (Linux Documentation/admin-guide/cgroup-v2.rst). */
function quotaOf(text: string): number[] {
  const [, quota, period] = /^(\d+) (\d+)$/m.exec(text) ?? []
  return quota === undefined || period === undefined ? [] : [Number(quota) / Number(period)]
}

/** What a group may still take: what it holds in the page cache is given up for the asking. */
function memoryLeftIn(group: string): number[] {
  const most = /^\d+$/m.exec(textOf(join(group, 'memory.max')))?.[0]
  if (most === undefined) return []
  const used = Number(textOf(join(group, 'memory.current')))
  const cached = Number(/^inactive_file (\d+)$/m.exec(textOf(join(group, 'memory.stat')))?.[1] ?? 0)
  return [Math.max(0, Number(most) - used + cached)]
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
