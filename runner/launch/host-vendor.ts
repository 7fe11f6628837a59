import { readFileSync } from 'node:fs'

/** The vendor of this machine's CPU, which KVM gives the models `max` and `host`; null where Linux does not say. */
export function hostVendor(path = '/proc/cpuinfo'): string | null {
  try {
    return /^vendor_id\s*: (.+)$/m.exec(readFileSync(path, 'latin1'))?.[1] ?? null
  } catch {
    return null
  }
}
