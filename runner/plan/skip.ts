import type { FlagBits } from '../cpuid/flag-bits.js'
import { inRange } from '../scenario/condition.js'
import type { Scenario } from '../scenario/scenario.js'
import { type Accelerator, acceleratorFacts } from './accelerator.js'
import { formatNeed, unmetNeed, unservedApicIds } from './machine-needs.js'
import { formatTried, type TriedQemu } from './tried-qemu.js'

/** What the plan needs to know of a kernel. */
export interface KernelFacts {
  /** The upstream version, such as `6.1.192`. */
  readonly version: string
  /** Kconfig symbols without CONFIG_, or null where the configuration is not known. */
  readonly config: Pick<ReadonlyMap<string, string>, 'get'> | null
  /** Which bit of CPUID each flag is, by its own tree; else what guise knows counts. */
  readonly flagBits?: FlagBits | null
}

/**
 * Why a scenario can't be run here, or null. A kernel whose configuration is unknown is not skipped for it: the guest
 * will show.
 *
 * @param tried - the QEMU that was to be taken in place of this one
 */
export function reasonToSkip(
  scenario: Pick<Scenario, 'kernel' | 'needs' | 'machine' | 'cpu'>,
  kernel: KernelFacts,
  accelerator: Accelerator,
  qemuVersion: string,
  tried: TriedQemu | null = null,
): string | null {
  const { needs } = scenario
  const { fidelity } = acceleratorFacts(accelerator)
  if (needs.fidelity === 'kvm' && fidelity !== 'kvm') {
    return `needs fidelity kvm; ${accelerator} has fidelity ${fidelity}: no paravirtual MSR or hypercall behind the leaves`
  }
  const apicIds = unservedApicIds(scenario)
  if (apicIds !== null) return apicIds
  const unmet = unmetNeed(scenario, accelerator, qemuVersion)
  if (unmet !== null) {
    const other = tried === null ? '' : `, and ${formatTried(tried)}`
    return `${formatNeed(unmet)}; this is ${qemuVersion}${other}`
  }
  if (!inRange(kernel.version, scenario.kernel.version)) {
    return `needs a kernel ${scenario.kernel.version ?? ''}; this is ${kernel.version}`
  }
  const { config } = kernel
  if (config === null) return null
  const missing = scenario.kernel.config.filter(
    symbols => !symbols.split('|').some(symbol => isEnabled(config.get(symbol))),
  )
  if (missing.length === 0) return null
  return `the kernel's configuration lacks ${missing.map(nameSymbols).join(', ')}`
}

function nameSymbols(symbols: string): string {
  return symbols
    .split('|')
    .map(symbol => `CONFIG_${symbol}`)
    .join(' or ')
}

function isEnabled(value: string | undefined): boolean {
  return value === 'y' || value === 'm'
}
