import type { Scenario } from '../scenario/scenario.js'

/** How the guest's report comes out. */
export type ReportChannel = 'shared-memory' | 'serial'

/**
 * How the report of a scenario's guest comes out: through memory that it shares wherever there is PCI.
 *
 * @param asked - forces it
 */
export function channelOf(
  { machine, kernel }: Scenario,
  asked: ReportChannel | undefined,
): ReportChannel {
  const hasPci = machine.type !== 'microvm' && !kernel.cmdline.includes('pci=off')
  return asked ?? (hasPci ? 'shared-memory' : 'serial')
}
