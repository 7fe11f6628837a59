import { slowAnswer } from './clock.js'
import { deadlinesOf } from './deadlines.js'
import { kernelCommandLine } from './kernel-command-line.js'
import type { Plan } from './plan.js'

// Under KVM each byte of the console is an exit to QEMU: on a slow machine the whole log takes longer than the boot.
const fullConsoleShare = 3

/** The same guest with its whole log on the console, and the time which that takes: it is guise that asks for it. */
export function withFullConsole(plan: Plan): Plan {
  const commandLine = kernelCommandLine(plan.scenario, 'full')
  const deadlines = deadlinesOf({
    accelerator: plan.accelerator,
    verbosity: 'full',
    clock: plan.clock.clock,
    cpus: plan.scenario.machine.cpus,
    totalMs: fullConsoleShare * plan.deadlines.totalMs,
  })
  return { ...plan, verbosity: 'full', commandLine, deadlines }
}

/**
 * The same guest, to be looked at where it dies or stays: with a monitor, the log of its interrupts where the accelerator has one, and
 * its kernel where it was linked to lie, which changes nothing of what it detects.
 *
 * @param linked - without it the kernel is where it was before: what moves it may be what dies
 */
export function withLook(plan: Plan, consoleBytes: number, linked = true): Plan {
  const commandLine = kernelCommandLine(plan.scenario, plan.verbosity, linked ? ['nokaslr'] : [])
  return { ...plan, commandLine, look: { consoleBytes, linked } }
}

/** The same guest, with its kernel where it was linked to lie, so that addresses have names. */
export function withLinkedKernel(plan: Plan): Plan {
  return { ...plan, commandLine: kernelCommandLine(plan.scenario, plan.verbosity, ['nokaslr']) }
}

/** The same guest, on real time. */
export function withRealClock(plan: Plan, why: string): Plan {
  return { ...plan, clock: { clock: 'real', why } }
}

/** The same guest, reporting on its second serial port, for which it is on real time. */
export function withSerialReport(plan: Plan): Plan {
  const timed = plan.clock.clock === 'real' ? plan : withRealClock(plan, slowAnswer)
  return { ...timed, channel: 'serial' }
}
