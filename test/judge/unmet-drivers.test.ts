import t from 'tap'
import { formatUnmet } from '../../runner/judge/format-unmet.js'
import { unmetDrivers } from '../../runner/judge/unmet-drivers.js'
import type { ObservedDevice } from '../../runner/hypervisors/facts.js'
import { parseScenario } from '../fixtures/scenario.js'

const pvscsi: ObservedDevice = {
  bus: 'pci',
  name: '0000:00:03.0',
  driver: 'vmw_pvscsi',
  vendor: '15ad',
  device: '07c0',
  class: '010000',
}
const ide = { ...pvscsi, name: '0000:00:01.1', driver: 'ata_piix', vendor: '8086', device: '7010' }
const devices = [
  { ...ide, class: '010180' },
  { ...pvscsi, name: '0000:00:02.0', driver: null, device: '0405', class: '030000' },
  pvscsi,
]

function unmet(drivers: string, seen = devices): string[] {
  const [expectation] = parseScenario(`expect: [{ drivers: [${drivers}] }]`).expect
  return unmetDrivers(expectation?.drivers ?? [], seen).map(formatUnmet)
}

t.test('drivers that are as expected, by device, by class, by both', t => {
  for (const good of [
    '',
    '{ device: "15ad:07c0", driver: vmw_pvscsi }',
    '{ device: "15ad:0405", driver: none }',
    '{ class: "01", device: "8086:7010", driver: ata_piix }',
    '{ class: "0101", driver: ata_piix }, { class: "030000", driver: none }',
  ]) {
    t.same(unmet(good), [], good)
  }
  t.end()
})

t.test('each says which item expects it, and which driver', t => {
  const [expectation] = parseScenario(
    'expect: [{ drivers: [{ class: "0101", driver: ata_piix }, { class: "01", driver: none }] }]',
  ).expect
  const found = unmetDrivers(expectation?.drivers ?? [], devices)
  const expected = { driver: 'none', index: 1 }
  t.same(
    found.map(each => each.expected),
    [expected, expected],
  )
  t.end()
})

t.test('what differs, with the device', t => {
  t.same(unmet('{ device: "15ad:0405", driver: vmwgfx }'), [
    'expected driver vmwgfx for 15ad:0405, got none (pci 0000:00:02.0)',
  ])
  t.same(unmet('{ class: "0101", driver: none }'), [
    'expected driver none for class 0101, got ata_piix (pci 0000:00:01.1)',
  ])
  t.same(unmet('{ class: "0106", driver: ahci }'), [
    'expected driver ahci for class 0106, got no such device',
  ])
  t.same(
    unmet('{ device: "15ad:07c0", class: "0100", driver: vmw_pvscsi }', []),
    ['expected driver vmw_pvscsi for 15ad:07c0 of class 0100, got no such device'],
    'an absent device has no driver, but none is not what it has either',
  )
  t.same(
    unmet('{ class: "01", driver: vmw_pvscsi }'),
    ['expected driver vmw_pvscsi for class 01, got ata_piix (pci 0000:00:01.1)'],
    'every such device is meant',
  )
  t.end()
})
