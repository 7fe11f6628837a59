import t from 'tap'
import { observedDevices } from '../../runner/observe/devices.js'

t.test('the devices that a machine offers, by their numbers', t => {
  const attributes = (pairs: Record<string, string>) => new Map(Object.entries(pairs))
  const pci = { vendor: '0x15ad', device: '0x07c0', class: '0x010000' }
  t.same(
    observedDevices([
      { bus: 'acpi', name: 'PNP0C0C:00', driver: 'button', attributes: new Map() },
      { bus: 'pci', name: '0000:00:03.0', driver: 'vmw_pvscsi', attributes: attributes(pci) },
      {
        bus: 'virtio',
        name: 'virtio0',
        driver: null,
        attributes: attributes({ vendor: '0x1af4', device: '0x0002' }),
      },
      {
        bus: 'vmbus',
        name: 'vmbus_0',
        driver: 'hv_utils',
        attributes: attributes({ vendor: '0x0', class_id: '{0e0b}' }),
      },
    ]),
    [
      {
        bus: 'pci',
        name: '0000:00:03.0',
        driver: 'vmw_pvscsi',
        vendor: '15ad',
        device: '07c0',
        class: '010000',
      },
      {
        bus: 'virtio',
        name: 'virtio0',
        driver: null,
        vendor: '1af4',
        device: '0002',
        class: null,
      },
      {
        bus: 'vmbus',
        name: 'vmbus_0',
        driver: 'hv_utils',
        vendor: '0',
        device: null,
        class: null,
      },
    ],
  )
  t.end()
})
