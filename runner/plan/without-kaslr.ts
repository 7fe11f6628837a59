import { kernelCommandLine } from './kernel-command-line.js'
import type { Plan } from './plan.js'

const nokaslr = 'nokaslr'

/** The same guest with its kernel where it was linked to lie, so that addresses have names; which changes nothing of what it detects. */
export function withoutKaslr(plan: Plan): Plan {
  const { scenario, verbosity } = plan
  if (scenario.kernel.cmdline.includes(nokaslr)) return plan
  return { ...plan, commandLine: kernelCommandLine(scenario, verbosity, [nokaslr]) }
}
