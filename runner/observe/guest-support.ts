import type { HypervisorOwner } from '../scenario/interface-ids.js'

/**
 * The Kconfig symbols that decide which hypervisors a kernel's `hypervisors[]` holds (arch/x86/kernel/cpu/hypervisor.c), with
 * those that its drivers need. Hyper-V and VMware are there with HYPERVISOR_GUEST alone (arch/x86/kernel/cpu/Makefile).
 */
export const supportSymbols: Readonly<Record<HypervisorOwner, readonly string[]>> = {
  kvm: ['HYPERVISOR_GUEST', 'KVM_GUEST'],
  hyperv: ['HYPERVISOR_GUEST', 'HYPERV'],
  xen: ['HYPERVISOR_GUEST', 'XEN_PVHVM'],
  vmware: ['HYPERVISOR_GUEST'],
  acrn: ['HYPERVISOR_GUEST', 'ACRN_GUEST'],
  jailhouse: ['HYPERVISOR_GUEST', 'JAILHOUSE_GUEST'],
  bhyve: ['HYPERVISOR_GUEST', 'BHYVE_GUEST'],
}

/** What of them a configuration has: `y`, `m` or `n`; null where the configuration is not known. */
export function guestSupport(
  config: ReadonlyMap<string, string> | null,
): Record<string, string> | null {
  if (config === null) return null
  const symbols = [...new Set(Object.values(supportSymbols).flat())]
  return Object.fromEntries(symbols.map(symbol => [symbol, config.get(symbol) ?? 'n']))
}
