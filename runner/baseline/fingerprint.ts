import { accelerators, acceleratorFacts } from '../plan/accelerator.js'
import type { GuiseRecord } from '../record/schema.js'
import type { Fidelity } from '../scenario/outcome.js'

/** What a result was made with: the names in the order in which they are told. */
export const fingerprintFields = [
  'kernel',
  'accelerator',
  'clock',
  'QEMU',
  'host',
  'guise',
] as const

/** What a result was made with. It is told beside every difference and never compared; null: it is not known. */
export type Fingerprint = Readonly<Record<(typeof fingerprintFields)[number], string | null>>

/** What a record was made with. */
export function fingerprintOf({
  kernel,
  accel,
  clock,
  qemu,
  fingerprint,
}: GuiseRecord): Fingerprint {
  return {
    kernel: `${kernel.version} (${kernel.release})`,
    accelerator: accel,
    clock: clock ?? null,
    QEMU: qemu.version,
    host: `${fingerprint.host.cpu}, kernel ${fingerprint.host.kernel}`,
    guise: fingerprint.guise,
  }
}

/** A line `NAME VALUE` for each part that is known. */
export function formatFingerprint(fingerprint: Fingerprint): string[] {
  return fingerprintFields.flatMap(name =>
    fingerprint[name] === null ? [] : [`${name} ${fingerprint[name]}`],
  )
}

/** Reads the lines that {@link formatFingerprint} wrote; what it does not know it leaves out. */
export function parseFingerprint(lines: readonly string[]): Fingerprint {
  const valueOf = (name: string) =>
    lines.find(line => line.startsWith(`${name} `))?.slice(name.length + 1) ?? null
  return {
    kernel: valueOf('kernel'),
    accelerator: valueOf('accelerator'),
    clock: valueOf('clock'),
    QEMU: valueOf('QEMU'),
    host: valueOf('host'),
    guise: valueOf('guise'),
  }
}

/** The fidelity that something was made with; null where its accelerator is not known. */
export function fidelityOf({ accelerator }: Fingerprint): Fidelity | null {
  const known = accelerators.find(name => name === accelerator)
  return known === undefined ? null : acceleratorFacts(known).fidelity
}

/**
 * In what two results differ besides their facts, in one sentence: `kernel 6.1.192 … -> 6.12.118 …; the same accelerator (tcg), …`.
 */
export function compareFingerprints(before: Fingerprint, now: Fingerprint): string {
  const other = fingerprintFields.filter(name => before[name] !== now[name])
  const same = fingerprintFields.filter(name => !other.includes(name))
  const changed = other.map(
    name => `${name} ${before[name] ?? 'unknown'} -> ${now[name] ?? 'unknown'}`,
  )
  const kept = same.length === 0 ? [] : [`the same ${inWords(same)}`]
  return [...changed, ...kept].join('; ')
}

function inWords(names: readonly string[]): string {
  return names.length === 1
    ? (names[0] ?? '')
    : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`
}
