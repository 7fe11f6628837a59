import type { KvmAnswer } from '../launch/probe-answers.js'
import type { NestedAnswer } from '../launch/nested/probe.js'
import type { ConfinementMeans } from '../launch/confinement.js'
import { inWords } from '../report/words.js'
import type { FoundQemu } from '../run/find-qemu.js'

/** `limited`: it is there, and less than it could be; `none`: it is not there, and guise does without. Only `missing` stops a run. */
export type FindingState = 'ok' | 'limited' | 'none' | 'missing'

/** One line of `guise doctor`. */
export interface Finding {
  readonly state: FindingState
  readonly what: string
  readonly found: string
}

/** The QEMU, and why it is not the one in PATH. */
export function qemuFinding({ qemu, why }: FoundQemu): Finding {
  const found = `${qemu.version}, ${qemu.name}`
  return { state: 'ok', what: 'QEMU', found: why === null ? found : `${found}: ${why}` }
}

/** What there is of KVM; a /dev/kvm that is closed says itself what to do. */
export function kvmFinding({ works, reason }: KvmAnswer): Finding {
  return works
    ? { state: 'ok', what: 'kvm', found: `works: ${reason}` }
    : {
        state: 'none',
        what: 'kvm',
        found: `unusable: ${reason}; --accel auto takes tcg, and the nested host for what needs KVM`,
      }
}

/** What there is of the nested host. */
export function nestedFinding({ works, reason }: NestedAnswer): Finding {
  if (works === null) return { state: 'none', what: 'nested', found: reason }
  return works
    ? { state: 'ok', what: 'nested', found: `works: ${reason}` }
    : { state: 'none', what: 'nested', found: `unusable: ${reason}` }
}

/**
 * How QEMU is confined.
 *
 * @param sandbox - whether QEMU and kernel know `-sandbox`
 * @param means - what this machine lets guise do
 * @param isRoot - whether guise is root, whose rights QEMU is to give up
 */
export function confinementFinding(
  sandbox: boolean,
  { network, nobody }: ConfinementMeans,
  isRoot: boolean,
): Finding {
  const has = [
    ...(sandbox ? ['-sandbox'] : []),
    ...(network === null ? [] : ['an empty network name space']),
    ...(isRoot && nobody ? ['no rights of root’s'] : []),
  ]
  const lacks = [
    ...(sandbox
      ? []
      : [
          'no -sandbox: it takes a QEMU built with seccomp, as Debian’s is, and a kernel with CONFIG_SECCOMP_FILTER',
        ]),
    ...(network === null
      ? [
          'QEMU has this machine’s network: an empty one takes root, or user name spaces (sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone)',
        ]
      : []),
    ...(isRoot && !nobody
      ? ['QEMU has root’s rights: this name space has no user nobody (65534) that it could become']
      : []),
  ]
  return {
    state: lacks.length === 0 ? 'ok' : has.length === 0 ? 'none' : 'limited',
    what: 'confinement',
    found: [inWords(has), ...lacks].filter(text => text !== '').join('; '),
  }
}

/** How fast the TSC counts, in kHz; null where that can't be measured. */
export function tscFinding(khz: number | null): Finding {
  return khz === null
    ? {
        state: 'limited',
        what: 'tsc',
        found:
          'its rate can’t be measured: the kernel of the nested host measures it itself, and may be wrong on a busy machine',
      }
    : { state: 'ok', what: 'tsc', found: `${(khz / 1000).toFixed(3)} MHz` }
}
