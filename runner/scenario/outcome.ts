/** How a guest ended. */
export const outcomes = [
  'reported',
  'panic',
  'oops',
  'early-exception',
  'refused',
  'firmware-hang',
  'hang',
  'reset',
  'qemu-failed',
  'kvm-error',
  'timeout',
] as const

/** How a guest ended: `reported`, or the way in which it did not get that far. */
export type Outcome = (typeof outcomes)[number]

/** What stands behind the leaves: `kvm` answers paravirtual MSRs and hypercalls, `cpuid` is the leaves alone. */
export const fidelities = ['cpuid', 'kvm'] as const

/** See {@link fidelities}. */
export type Fidelity = (typeof fidelities)[number]
