import type { DrivenDevice } from '../hypervisors/driven-facts.js'
import { deviceName, deviceProperties } from '../scenario/device-properties.js'
import type { Scenario } from '../scenario/scenario.js'
import type { Plan } from './plan.js'

/** A device that the guest's init drives, in the arguments of the machine. */
export interface DrivenArgument {
  readonly device: DrivenDevice
  /** Its place in `machine.devices`. */
  readonly index: number
  /** What QEMU knows it by. */
  readonly id: string
  /** The argument of -device, with that id. */
  readonly argument: string
}

/** The devices that are to be driven; of several of one kind the first, which is the one that init finds. */
export function drivenArguments({
  drive,
  machine,
}: Pick<Scenario, 'drive' | 'machine'>): DrivenArgument[] {
  return drive.flatMap(device => {
    const index = machine.devices.findIndex(argument => deviceName(argument) === device)
    const argument = machine.devices[index]
    return argument === undefined
      ? []
      : [{ device, index, ...withId(argument, `driven-${device}`) }]
  })
}

/** The same device with an id, which it may have already. */
function withId(argument: string, id: string): Pick<DrivenArgument, 'id' | 'argument'> {
  const own = deviceProperties(argument)?.find(([name]) => name === 'id')?.[1]
  if (typeof own === 'string') return { id: own, argument }
  if (!argument.startsWith('{')) return { id, argument: `${argument},id=${id}` }
  return { id, argument: JSON.stringify({ ...(JSON.parse(argument) as object), id }) }
}

/** The device whose picture is to be taken; null where the guest shows none, or is run to see where it dies. */
export function shownDevice({ scenario, look }: Pick<Plan, 'scenario' | 'look'>) {
  return look === undefined ? (drivenArguments(scenario)[0] ?? null) : null
}
