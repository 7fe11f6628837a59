import { existsSync } from 'node:fs'
import { overrideObject } from '../paths.js'
import { confinementMeans } from './confinement.js'
import { mayBePreloaded } from './qemu-command.js'

let known: Promise<boolean> | undefined

/**
 * Whether the QEMUs of this process give up root's rights: where it is root, may do so, and has the object by which a QEMU that does
 * so still dies with it (runner/native/parent.c).
 */
export function givesUpRights(): Promise<boolean> {
  known ??= ask()
  return known
}

async function ask(): Promise<boolean> {
  if (process.geteuid?.() !== 0) return false
  if (!mayBePreloaded(overrideObject) || !existsSync(overrideObject)) return false
  return (await confinementMeans()).nobody
}
