import t from 'tap'
import { interruptRows } from '../../runner/observe/interrupts.js'

t.test('rows of the architecture by name, rows of devices by their text', t => {
  const text = `           CPU0       CPU1       
  0:         26          0   IO-APIC   2-edge      timer
  9:          0          0   IO-APIC   9-fasteoi   acpi, i801_smbus
 24:          0         12   PCI-MSI 49152-edge      virtio0-config
NMI:          0          0   Non-maskable interrupts
HYP:          7          8   Hypervisor callback interrupts
ERR:          0
`
  t.same(interruptRows(text), [
    'IO-APIC 2-edge timer',
    'IO-APIC 9-fasteoi acpi, i801_smbus',
    'PCI-MSI 49152-edge virtio0-config',
    'NMI',
    'HYP',
    'ERR',
  ])
  t.same(interruptRows(''), [])
  t.end()
})
