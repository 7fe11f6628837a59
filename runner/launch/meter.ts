import { existsSync } from 'node:fs'
import { overrideObject } from '../paths.js'
import type { Plan } from '../plan/plan.js'
import { mayBePreloaded, type MeterFiles } from './qemu-command.js'

/**
 * What counts a guest's instructions; null where they cannot be counted: on real time, and where the object is not there or its path is
 * not one that the loader takes. What a guest is shown does not hang on it, so that neither is an error here.
 */
export function meterFiles(
  { clock }: Pick<Plan, 'clock'>,
  counts: string,
  console: string,
): MeterFiles | null {
  if (clock.clock === 'real') return null
  if (!mayBePreloaded(overrideObject) || !existsSync(overrideObject)) return null
  return { object: overrideObject, counts, console }
}
