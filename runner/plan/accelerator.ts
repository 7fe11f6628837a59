import type { Fidelity } from '../scenario/outcome.js'

/** What runs the guest. */
export const accelerators = ['kvm', 'nested', 'tcg'] as const

/** See {@link accelerators}. */
export type Accelerator = (typeof accelerators)[number]

/** How the preloaded object changes leaves: in `ioctl(KVM_SET_CPUID2)`, or in QEMU's `cpu_x86_cpuid`. */
export type OverrideMechanism = 'kvm' | 'tcg'

interface AcceleratorFacts {
  readonly fidelity: Fidelity
  readonly mechanism: OverrideMechanism
  /** Of a guest with one vCPU. */
  readonly deadlines: Deadlines
}

/** How long a guest may take, in milliseconds. */
export interface Deadlines {
  /** Without a byte on the console. */
  readonly silenceMs: number
  /** From launch to the end. */
  readonly totalMs: number
}

// A stock kernel takes 2-3 s under TCG and 8-16 s in the nested host (images/nested/README.md); the
// deadlines leave room for a machine ten times as busy.
const facts: Record<Accelerator, AcceleratorFacts> = {
  kvm: { fidelity: 'kvm', mechanism: 'kvm', deadlines: { silenceMs: 20_000, totalMs: 60_000 } },
  nested: { fidelity: 'kvm', mechanism: 'kvm', deadlines: { silenceMs: 60_000, totalMs: 180_000 } },
  tcg: { fidelity: 'cpuid', mechanism: 'tcg', deadlines: { silenceMs: 30_000, totalMs: 120_000 } },
}

/** What is true of every guest on `accelerator`. */
export function acceleratorFacts(accelerator: Accelerator): AcceleratorFacts {
  return facts[accelerator]
}
