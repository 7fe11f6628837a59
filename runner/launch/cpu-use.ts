import { readdirSync, readFileSync } from 'node:fs'

/** How a process stands, by /proc. */
export interface CpuUse {
  /** How each of its threads has fared, by thread id; null where the kernel does not count that. */
  readonly threads: ReadonlyMap<number, ThreadUse | null>
  /** Whether somebody has stopped it (SIGSTOP, or a debugger). */
  readonly stopped: boolean
}

/** How a thread has fared since it began, in milliseconds. */
export interface ThreadUse {
  readonly ranMs: number
  /** Ready to run, without a CPU to run on. */
  readonly waitedMs: number
}

/**
 * How a process has fared until now; null where it is gone.
 *
 * /proc/PID/task/TID/schedstat has the time spent on a CPU and that spent waiting on a run queue, in nanoseconds (Linux
 * Documentation/scheduler/sched-stats.rst); what a CPU quota takes is waiting, too. A wait is counted once it is over.
 */
export function cpuUseOf(pid: number): CpuUse | null {
  try {
    const ids = readdirSync(`/proc/${pid}/task`).map(Number)
    const threads = new Map(ids.map(id => [id, threadUse(pid, id)]))
    // The state stands behind the name, which is in parentheses and may hold any character: proc(5).
    const state = /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1] ?? ''
    return { threads, stopped: /[Tt]/.test(state) }
  } catch {
    return null
  }
}

/** Null of a thread that is gone, and where nothing is counted. */
function threadUse(pid: number, thread: number): ThreadUse | null {
  try {
    return parseSchedstat(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1'))
  } catch {
    return null
  }
}

/** What a schedstat says; null where the kernel counts nothing, which it tells as "0 0 0" (proc_pid_schedstat() in fs/proc/base.c). */
export function parseSchedstat(text: string): ThreadUse | null {
  const [ran = NaN, waited = NaN] = text.trim().split(' ').map(Number)
  if (Number.isNaN(waited) || (ran === 0 && waited === 0)) return null
  return { ranMs: ran / 1e6, waitedMs: waited / 1e6 }
}

/** How this machine stands: what its CPUs have done since it came up. */
export interface MachineUse {
  /** The time that they ran something, in ticks. */
  readonly usedTicks: number
  /** Taken by the hypervisor that this machine itself runs under, in ticks; of each CPU. */
  readonly stolenTicks: readonly number[]
  /** The time in which some task waited for a CPU, in milliseconds; null where the kernel does not count it. */
  readonly pressureMs: number | null
}

/** What /proc/stat and /proc/pressure/cpu say; null without the former. */
export function machineUse(): MachineUse | null {
  const stat = readOrNull('/proc/stat')
  return stat === null ? null : parseMachineUse(stat, readOrNull('/proc/pressure/cpu'))
}

/** See {@link machineUse}. */
export function parseMachineUse(stat: string, pressure: string | null): MachineUse | null {
  // cpu user nice system idle iowait irq softirq steal, first of all CPUs and then of each: proc(5).
  const [all, ...each] = stat.split('\n').filter(line => line.startsWith('cpu'))
  if (all === undefined) return null
  const ticks = (line: string) => line.split(/ +/).slice(1).map(Number)
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = ticks(all)
  // Linux Documentation/accounting/psi.rst; in microseconds.
  const total = /^some .*\btotal=(\d+)/m.exec(pressure ?? '')?.[1]
  return {
    usedTicks: user + nice + system + irq + softirq,
    stolenTicks: each.map(line => ticks(line)[7] ?? 0),
    pressureMs: total === undefined ? null : Number(total) / 1000,
  }
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return null
  }
}
