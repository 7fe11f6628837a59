import { hex32, hypervisorFirst } from '../cpuid/leaf.js'
import { byId, ofDevice } from './devices.js'
import { either, type Look, says } from './evidence.js'
import type { Owner } from './hypervisor.js'
import { hyperv } from './hyperv.js'
import { exclusive, inCommon } from './interface.js'
import { kvm } from './kvm.js'
import { frequencyLine, timingLeaf } from './timing-leaf.js'
import { vmware } from './vmware.js'

const offersTiming: Look = ({ leaf }) => {
  const { eax } = leaf(timingLeaf)
  return leaf(hypervisorFirst).eax >= timingLeaf && eax !== 0
    ? { text: `${hex32(timingLeaf)} eax = ${eax} kHz` }
    : null
}

// Other sources of the frequency: the hypervisors' own ways, and a measurement, which may arrive at the same number.
const statedElsewhere = either(
  kvm.interfaces['tsc-frequency.kvm'].adopted,
  vmware.interfaces['tsc-frequency.vmware'].adopted,
  hyperv.interfaces['tsc-frequency.hyperv'].adopted,
  says(
    /^tsc: (?:Fast TSC calibration using PIT|PIT calibration matches|using \w+ reference calibration)/,
  ),
)

/** A kernel has adopted the leaf if it logs exactly that TSC frequency, and has no other source for it. */
const readsTiming: Look = facts => {
  const { eax } = facts.leaf(timingLeaf)
  if (eax === 0 || statedElsewhere(facts) !== null) return null
  return says(frequencyLine(eax))(facts)
}

const timing = {
  source:
    'Alok Kataria, "CPUID usage for interaction between Hypervisors and Linux", lkml 2008-10-01; Linux arch/x86/kernel/cpu/acrn.c reads it since 6.1',
  offered: offersTiming,
  adopted: readsTiming,
}

/** The interfaces that belong to no vendor: the timing leaf, and virtio. */
export const common = {
  name: 'common',
  telling: [/^virtio_gpu:? /],
  interfaces: {
    'tsc-frequency.timing-leaf': { ...exclusive, ...timing },
    'common.timing-leaf': { ...inCommon, ...timing },
    'video.virtio-gpu': {
      ...inCommon,
      ...ofDevice(
        'VIRTIO 1.2, section 5.7: device id 16',
        byId('virtio', '1af4', '0010'),
        'virtio_gpu',
      ),
    },
    'storage.virtio-blk': {
      ...inCommon,
      ...ofDevice(
        'VIRTIO 1.2, section 5.2: device id 2',
        byId('virtio', '1af4', '0002'),
        'virtio_blk',
      ),
    },
    'storage.virtio-scsi': {
      ...inCommon,
      ...ofDevice(
        'VIRTIO 1.2, section 5.6: device id 8',
        byId('virtio', '1af4', '0008'),
        'virtio_scsi',
      ),
    },
    'network.virtio-net': {
      ...inCommon,
      ...ofDevice(
        'VIRTIO 1.2, section 5.1: device id 1',
        byId('virtio', '1af4', '0001'),
        'virtio_net',
      ),
    },
  },
} as const satisfies Owner
