import type { Accelerator } from './accelerator.js'
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

/** Why nothing would come out of that channel, or null. */
export function closedChannel(
  { machine }: Pick<Scenario, 'machine'>,
  channel: ReportChannel,
  accelerator: Accelerator,
): string | null {
  if (channel !== 'serial') return null
  if (accelerator === 'nested')
    return 'reports on a second serial port, which the nested host does not carry out'
  return machine.type === 'microvm' && machine.pic === 'off'
    ? 'reports on a serial port, whose interrupt a microvm without a PIC does not have'
    : null
}
