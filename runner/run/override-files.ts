import { existsSync } from 'node:fs'
import { storeBytes } from '../cache/files.js'
import { EnvironmentError } from '../errors.js'
import { howToBuild } from '../installation.js'
import { mayBePreloaded, type OverrideFiles } from '../launch/qemu-command.js'
import { overrideObject } from '../paths.js'
import type { Plan } from '../plan/plan.js'

/**
 * Puts a plan's override table into the cache, where a printed command finds it later, too.
 *
 * @throws EnvironmentError if the table can't be kept, or the object that reads it can't be loaded
 */
export async function overrideFiles(plan: Plan): Promise<OverrideFiles | null> {
  if (plan.overrideTable === null) return null
  checkOverrideObject(overrideObject)
  const { path } = await storeBytes('tables', '.cpuid', Buffer.from(plan.overrideTable))
  return { object: overrideObject, table: path }
}

/**
 * The object that has a guest's CPUs wait for its devices: on virtual time, if it has any that a scenario names.
 *
 * @throws EnvironmentError if it can't be loaded
 */
export function lockstepObject({ clock, scenario: { machine } }: Plan): string | null {
  if (clock.clock === 'real' || machine.disks + machine.devices.length === 0) return null
  checkOverrideObject(overrideObject)
  return overrideObject
}

/** The loader says little of an object that it can't load, and starts QEMU without it. */
function checkOverrideObject(path: string): void {
  if (!existsSync(path)) {
    throw new EnvironmentError(`${path}: expected the object that overrides CPUID; ${howToBuild()}`)
  }
  if (!mayBePreloaded(path)) {
    throw new EnvironmentError(
      `${path}: the loader takes no path with a space or a colon in LD_PRELOAD; move guise to a folder without`,
    )
  }
}
