import { distributionOf } from '../../images/distribution/table.js'
import type { GuiseRecord } from '../record/schema.js'
import { formatQemus, type GuestQemu } from './reporter.js'

/** The QEMUs that the guests of records ran in, each once. */
export function qemusOf(records: readonly GuiseRecord[]): GuestQemu[] {
  const qemus = records.map(({ qemu, accel, fingerprint }) => ({
    version: qemu.version,
    suite: distributionOf(fingerprint.qemu) === undefined ? null : fingerprint.qemu,
    nested: accel === 'nested',
  }))
  const distinct = new Map(qemus.map(qemu => [formatQemus([qemu]), qemu]))
  return [...distinct].sort(([a], [b]) => a.localeCompare(b)).map(([, qemu]) => qemu)
}
