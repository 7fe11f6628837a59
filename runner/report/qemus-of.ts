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
  return eachOnce(qemus).toSorted((a, b) => formatQemus([a]).localeCompare(formatQemus([b])))
}

/** The same without those that are told by the same words. */
export function eachOnce(qemus: readonly GuestQemu[]): GuestQemu[] {
  return [...new Map(qemus.map(qemu => [formatQemus([qemu]), qemu])).values()]
}
