import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { cpus, release } from 'node:os'
import type { Qemu } from '../launch/qemu.js'
import { overrideObject } from '../paths.js'
import type { GuiseRecord } from './schema.js'
import { guiseVersion } from '../version.js'

/** What the results of a run are made with. */
export function makeFingerprint(qemu: Qemu, initramfs: string): GuiseRecord['fingerprint'] {
  return {
    guise: guiseVersion(),
    qemu: qemu.name,
    initramfs,
    override: existsSync(overrideObject) ? sha256(readFileSync(overrideObject)) : null,
    host: { kernel: release(), cpu: cpus()[0]?.model.trim() ?? 'unknown' },
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
