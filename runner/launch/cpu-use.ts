import { readdirSync, readFileSync } from 'node:fs'

/** How a process stands, by /proc. */
export interface CpuUse {
  /** How long each of its threads has been ready to run without a CPU to run on, in milliseconds, by thread id. */
  readonly waitedMs: ReadonlyMap<number, number>
  /** Whether somebody has stopped it (SIGSTOP, or a debugger). */
  readonly stopped: boolean
}

/**
 * How the threads of a process have fared until now; null where it is gone, or where the kernel does not count.
 *
 * The second number of /proc/PID/task/TID/schedstat is the time spent waiting on a run queue, in nanoseconds (Linux
 * Documentation/scheduler/sched-stats.rst); what a CPU quota takes is part of it.
 */
export function cpuUseOf(pid: number): CpuUse | null {
  try {
    const threads = readdirSync(`/proc/${pid}/task`).map(Number)
    const waitedMs = new Map(threads.map(thread => [thread, waitedBy(pid, thread)]))
    // The state stands behind the name, which is in parentheses and may hold any character: proc(5).
    const state = /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1] ?? ''
    return { waitedMs, stopped: /[Tt]/.test(state) }
  } catch {
    return null
  }
}

function waitedBy(pid: number, thread: number): number {
  const [, waited = 'none'] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(
    ' ',
  )
  return Number(waited) / 1e6
}

/** How much CPU time this machine has used and been denied since it came up, in ticks. */
export interface Steal {
  readonly used: number
  /** Taken by the hypervisor that this machine itself runs under. */
  readonly stolen: number
}

/** What /proc/stat says of stolen time; null where it says nothing. */
export function stealOfMachine(): Steal | null {
  try {
    // cpu user nice system idle iowait irq softirq steal: proc(5).
    const [, ...ticks] = (readFileSync('/proc/stat', 'latin1').split('\n', 1)[0] ?? '').split(/ +/)
    const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, stolen = 0] = ticks.map(Number)
    return { used: user + nice + system + irq + softirq, stolen }
  } catch {
    return null
  }
}
