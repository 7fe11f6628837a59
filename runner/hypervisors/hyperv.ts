import { hex32, hypervisorFirst, hypervisorLast, type RegisterName } from '../cpuid/leaf.js'
import { encodeInterfaceName } from '../cpuid/signature.js'
import {
  clock,
  clockEvent,
  featureBit,
  interruptRow,
  type Look,
  says,
  signatureAt,
} from './evidence.js'
import type { LeafLookup } from './facts.js'
import { hypervBits } from './hyperv-bits.js'
import type { Hypervisor } from './hypervisor.js'
import { identity, paravirtBanner } from './identity.js'
import { exclusive, paravirtual } from './interface.js'

// Linux looks for it at 0x40000000 alone (ms_hyperv_platform()).
const rule = { signature: 'Microsoft Hv', bases: 'first' } as const
const offered = signatureAt(rule)
const detectedName = /^Microsoft Hyper-?V$/
const bannerName = /^Hyper-V$/

const bitOf =
  (offset: number) =>
  (number: number, register: RegisterName = 'eax'): Look =>
    featureBit(rule, offset, register, number)
/** A bit of leaf 0x40000003: what the guest may use. */
const privilege = bitOf(3)
/** A bit of leaf 0x40000004: what the guest is recommended to use. */
const recommendation = bitOf(4)
const privileges = 'Hypervisor TLFS 2.4, leaf 0x40000003'
const recommendations = 'Hypervisor TLFS 2.4, leaf 0x40000004'

const hasFrequencyMsrs = privilege(8, 'edx')
const mayReadFrequencies = privilege(11)

/** Why ms_hyperv_platform() refuses a Hyper-V, or null. */
function refusal(leaf: LeafLookup, highest: number): string | null {
  if (highest < hypervisorFirst + 5 || highest > hypervisorLast) {
    return `its highest leaf, ${hex32(highest)}, is none of 0x40000005 to 0x4000ffff`
  }
  // Commit f3e613e72f66, since 5.16 and 5.15.7.
  const missing = [
    ...(leaf(0x40000003).eax & (1 << 5) ? [] : ['hypercalls']),
    ...(leaf(0x40000003).eax & (1 << 6) ? [] : ['the VP index']),
  ]
  return missing.length === 0 ? null : `it lacks ${missing.join(' and ')} (0x40000003 eax)`
}

/** Microsoft Hyper-V (Linux arch/x86/kernel/cpu/mshyperv.c, arch/x86/hyperv/, drivers/hv/). */
export const hyperv = {
  name: 'hyperv',
  title: 'Microsoft Hyper-V',
  namedBy: [detectedName, bannerName],
  signature: rule.signature,
  // Hypervisor Top Level Functional Specification, 2.4: the interface, a version (Server 2022), hypercalls and the VP index.
  block: {
    highest: 6,
    leaves: {
      1: { eax: encodeInterfaceName('Hv#1') },
      2: { eax: 0x4f7c, ebx: 0xa0000, ecx: 1, edx: 0x4aa },
      3: { eax: 0x60 },
    },
  },
  bits: hypervBits,
  probe: { bases: rule.bases, refusal },
  // HYPERVISOR_GUEST alone builds its detection (arch/x86/kernel/cpu/Makefile).
  symbols: ['HYPERVISOR_GUEST'],
  driverSymbols: ['HYPERV'],
  speaks: /^(?:x86\/hyperv|Hyper-V|hv_\w+|hyperv\w*):/,
  telling: [/^(?:Hyper-V|x86\/hyperv):? /i],
  qemuProperties: /^hv[-_]/,
  interfaces: {
    'identity.hyperv': identity('arch/x86/kernel/cpu/mshyperv.c', offered, detectedName),
    'banner.hyperv': paravirtBanner(offered, bannerName),
    'clock.hyperv-tsc-page': {
      ...paravirtual,
      source:
        'Hypervisor TLFS 2.4, AccessPartitionReferenceTsc; Linux drivers/clocksource/hyperv_timer.c',
      offered: privilege(9),
      adopted: clock('hyperv_clocksource_tsc_page'),
    },
    'clock.hyperv-msr': {
      ...paravirtual,
      source:
        'Hypervisor TLFS 2.4, AccessPartitionReferenceCounter; Linux drivers/clocksource/hyperv_timer.c',
      offered: privilege(1),
      adopted: clock('hyperv_clocksource_msr'),
    },
    // The TLFS calls them synthetic timers, QEMU hv-stimer.
    'timer.hyperv': {
      ...paravirtual,
      source:
        'Hypervisor TLFS 2.4, AccessSyntheticTimerRegs; Linux drivers/clocksource/hyperv_timer.c',
      offered: privilege(3),
      // The row HVS of /proc/interrupts is no evidence: 7.x shows it even if the timers are not offered.
      adopted: clockEvent('Hyper-V clockevent'),
    },
    'tsc-frequency.hyperv': {
      ...exclusive,
      source:
        'Hypervisor TLFS 2.4, AccessFrequencyRegs and FrequencyRegsAvailable; Linux arch/x86/kernel/cpu/mshyperv.c',
      offered: facts => hasFrequencyMsrs(facts) && mayReadFrequencies(facts),
      // The kernel prints the line if and only if hv_get_tsc_khz() replaces the calibration.
      adopted: says(/^Hyper-V: LAPIC Timer Frequency/),
    },
    'hyperv.spinlocks': {
      ...paravirtual,
      source: `${recommendations} EBX; Linux arch/x86/hyperv/hv_spinlock.c, which needs the cluster IPI hint, too`,
      offered: recommendation(10),
      adopted: says(/^Hyper-V: PV spinlocks enabled/),
    },
    'hyperv.ipis': {
      ...paravirtual,
      source: `${recommendations}, UseSyntheticClusterIpi; Linux arch/x86/hyperv/hv_apic.c`,
      offered: recommendation(10),
      adopted: says(/^Hyper-V: Using IPI hypercalls/),
    },
    'hyperv.tlb-flush': {
      ...paravirtual,
      source: `${recommendations}, UseHypercallForRemoteFlush; Linux arch/x86/hyperv/mmu.c`,
      offered: recommendation(2),
      adopted: says(/^Hyper-V: Using hypercall for remote TLB flush/),
    },
    'hyperv.apic': {
      ...paravirtual,
      source: `${recommendations}, UseApicMsrs; Linux arch/x86/hyperv/hv_apic.c`,
      offered: recommendation(3),
      adopted: says(/^Hyper-V: Using enlightened APIC/),
    },
    'hyperv.synic': {
      ...paravirtual,
      source: `${privileges}, AccessSynicRegs; Linux drivers/hv/hv.c, which a VMBus needs`,
      offered: privilege(2),
      adopted: says(/^hv_vmbus: Vmbus version:/),
    },
    'hyperv.reenlightenment': {
      ...paravirtual,
      source: `${privileges}, AccessReenlightenmentControls; Linux arch/x86/kernel/cpu/mshyperv.c`,
      offered: privilege(13),
      adopted: interruptRow('HRE'),
    },
  },
} as const satisfies Hypervisor
