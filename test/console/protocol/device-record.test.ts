import t from 'tap'
import { parseDevice, splitAtEquals } from '../../../runner/console/protocol/device-record.js'

void t.test('reads a device and what identifies it', t => {
  const device = Buffer.from('pci\x000000:00:1f.2\0ahci\0vendor=0x8086\0id=a=b\0')
  t.strictSame(parseDevice(device), {
    bus: 'pci',
    name: '0000:00:1f.2',
    driver: 'ahci',
    attributes: new Map([
      ['vendor', '0x8086'],
      ['id', 'a=b'],
    ]),
  })
  t.end()
})

void t.test('an empty driver is none', t => {
  t.equal(parseDevice(Buffer.from('pci\0x\0\0'))?.driver, null)
  t.end()
})

void t.test('fewer than three fields, or an open one, are no device', t => {
  for (const text of [
    '',
    'pci',
    'pci\0',
    'pci\0x\0',
    'pci\0x\0ahci',
    'pci\0x\0ahci\0vendor=0x8086',
  ]) {
    t.equal(parseDevice(Buffer.from(text)), null)
  }
  t.end()
})

void t.test('a pair without an equals sign has no value', t => {
  t.strictSame(splitAtEquals('key'), ['key', ''])
  t.end()
})
