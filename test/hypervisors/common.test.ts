import t from 'tap'
import { common } from '../../runner/hypervisors/common.js'
import { baseLeaf, type Case, deviceCases, testInterfaces } from './guest.js'

const timing = (eax: number, highest = 0x40000010) => ({
  leaves: { 0x40000000: baseLeaf('VMwareVMware', highest), 0x40000010: { eax } },
})
const detected = 'tsc: Detected 1234.567 MHz processor'
const says = (eax: number, ...log: string[]) => ({ ...timing(eax), log })

const timingLeaf = {
  offered: [
    [timing(1234567), '0x40000010 eax = 1234567 kHz'],
    [timing(1234567, 0x40000011), '0x40000010 eax = 1234567 kHz'],
    [timing(1234567, 0x4000000f), null],
    [timing(0), null],
  ],
  adopted: [
    [says(1234567, detected), detected],
    [says(2000, 'tsc: Detected 2.000 MHz processor'), 'tsc: Detected 2.000 MHz processor'],
    [
      says(2000_045, 'tsc: Detected 2000.045 MHz processor'),
      'tsc: Detected 2000.045 MHz processor',
    ],
    [
      // Where the CPU has another frequency than its TSC.
      says(1234567, 'tsc: Detected 2445.409 MHz processor', 'tsc: Detected 1234.567 MHz TSC'),
      'tsc: Detected 1234.567 MHz TSC',
    ],
    [says(1234567, 'tsc: Detected 2445.409 MHz processor'), null],
    [says(1234567, 'tsc: Detected 11234.567 MHz processor'), null],
    [says(1234567, 'tsc: Detected 1234x567 MHz processor'), null],
    [says(0, 'tsc: Detected 0.000 MHz processor'), null],
    // Who else states it, or may come upon it.
    ...[
      'kvm-clock: Using msrs 4b564d01 and 4b564d00',
      'vmware: TSC freq read from hypervisor : 1234.567 MHz',
      'Hyper-V: LAPIC Timer Frequency: 0x3d0900',
      'tsc: Fast TSC calibration using PIT',
      'tsc: PIT calibration matches HPET. 1 loops',
      'tsc: using HPET reference calibration',
    ].map((line): Case => [says(1234567, line, detected), null]),
    [says(1234567, 'tsc: Fast TSC calibration failed', detected), detected],
  ],
} as const

testInterfaces(t, common, {
  'tsc-frequency.timing-leaf': timingLeaf,
  'common.timing-leaf': timingLeaf,
  'video.virtio-gpu': deviceCases('1af4:0010', 'virtio_gpu', { bus: 'virtio', name: 'virtio0' }),
  'storage.virtio-blk': deviceCases('1af4:0002', 'virtio_blk', { bus: 'virtio', name: 'virtio0' }),
  'storage.virtio-scsi': deviceCases('1af4:0008', 'virtio_scsi', {
    bus: 'virtio',
    name: 'virtio1',
  }),
  'network.virtio-net': deviceCases('1af4:0001', 'virtio_net', { bus: 'virtio', name: 'virtio0' }),
})
