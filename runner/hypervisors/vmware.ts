import { byId, drivenByUserSpace, ofDevice } from './devices.js'
import { either, type Look, says, signatureAt, wasTold } from './evidence.js'
import type { Hypervisor } from './hypervisor.js'
import { identity, paravirtBanner } from './identity.js'
import { exclusive, independent, paravirtual } from './interface.js'

// Linux looks for it at 0x40000000 alone (vmware_platform()).
const rule = { signature: 'VMwareVMware', bases: 'first' } as const
const detectedName = /^VMware$/
const bannerName = /^VMware hypervisor$/

/** vmware_platform() also believes a DMI serial number that contains `VMware`, where the hypervisor bit is clear. */
const serial: Look = ({ dmi }) => {
  const text = dmi.get('product_serial') ?? ''
  return text.includes('VMware') ? { text: `DMI product serial ${text}` } : null
}
const offered = either(signatureAt(rule), serial)
const readsFrequency = says(/^vmware: TSC freq read from hypervisor/)

const usesSchedOffset = says(/^vmware: using sched offset of /)
const worksOutOffset = says(/^vmware: using clock offset of /)

const video = ofDevice(
  'Linux drivers/gpu/drm/vmwgfx/vmwgfx_drv.c, 15ad:0405; QEMU hw/display/vmware_vga.c',
  byId('pci', '15ad', '0405'),
  'vmwgfx',
)

/** VMware (Linux arch/x86/kernel/cpu/vmware.c). */
export const vmware = {
  name: 'vmware',
  title: 'VMware',
  namedBy: [detectedName, bannerName],
  signature: rule.signature,
  // Linux arch/x86/kernel/cpu/vmware.c; the timing leaf of the 2008 proposal with 2 GHz and 66 MHz, no hypercall bit.
  block: { highest: 0x10, leaves: { 0x10: { eax: 2_000_000, ebx: 66_000 } } },
  probe: {
    bases: rule.bases,
    besides: 'by its DMI serial number and its port (arch/x86/kernel/cpu/vmware.c), not by a leaf',
  },
  // HYPERVISOR_GUEST alone builds its detection (arch/x86/kernel/cpu/Makefile).
  symbols: ['HYPERVISOR_GUEST'],
  speaks: /^vmware: /i,
  telling: [/^vmware:? /i, /^(?:vmwgfx|vmw_pvscsi|vmxnet3):? /],
  qemuProperties: /^vmware-cpuid-freq$/,
  interfaces: {
    'identity.vmware': identity('arch/x86/kernel/cpu/vmware.c', offered, detectedName),
    'banner.vmware': paravirtBanner(offered, bannerName),
    'clock.vmware-sched': {
      ...paravirtual,
      source: 'Linux arch/x86/kernel/cpu/vmware.c, vmware_paravirt_ops_setup()',
      offered: readsFrequency,
      // Since 5.8 ("x86/vmware: Remove vmware_sched_clock_setup()") the kernel logs the offset even if it was told not to use the clock.
      adopted: either(usesSchedOffset, facts =>
        wasTold(facts, 'no-vmw-sched-clock') ? null : worksOutOffset(facts),
      ),
    },
    'tsc-frequency.vmware': {
      ...exclusive,
      source:
        'Linux arch/x86/kernel/cpu/vmware.c, vmware_platform_setup(): the hypercall GETHZ, not the leaf',
      offered,
      adopted: readsFrequency,
    },
    'video.vmware-svga': {
      ...independent,
      ...video,
      // In 2008 its driver was the X server's (xf86-video-vmware).
      adopted: either(video.adopted, drivenByUserSpace('vmware-svga')),
    },
    'storage.pvscsi': {
      ...independent,
      ...ofDevice(
        'Linux drivers/scsi/vmw_pvscsi.c, 15ad:07c0; QEMU hw/scsi/vmw_pvscsi.c',
        byId('pci', '15ad', '07c0'),
        'vmw_pvscsi',
      ),
    },
    'network.vmxnet3': {
      ...independent,
      ...ofDevice(
        'Linux drivers/net/vmxnet3/vmxnet3_drv.c, 15ad:07b0; QEMU hw/net/vmxnet3.c',
        byId('pci', '15ad', '07b0'),
        'vmxnet3',
      ),
    },
  },
} as const satisfies Hypervisor
