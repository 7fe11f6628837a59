import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { unmetDrivers } from '../../runner/judge/unmet-drivers.js'
import { scenariosFolder } from '../../runner/paths.js'
import { locateExpected } from '../../runner/scenario/locate.js'

const text = `name: one
summary: s
source: s
expect:
  - when: { fidelity: kvm }
    hypervisor: KVM
  - hypervisor: none
    clocksource:
      current: tsc
      includes: [hpet,
        acpi_pm]
    adopts:
      - clock.tsc
      - clock.hpet
    drivers:
      - { device: "15ad:07c0", driver: vmw_pvscsi }
      - { class: "0106", driver: ahci }
    log: { has: ['a line'] }
---
name: two
like: one
summary: s
---
name: three
like: two
summary: s
expect:
  - {}
`
const line = (name: string, expectation: number, field: string, want: string) =>
  locateExpected(text, { name, file: 'x.yaml' }, { expectation, field, want })

t.test('the line of the very item', t => {
  t.equal(line('one', 0, 'hypervisor', 'KVM'), 6)
  t.equal(line('one', 1, 'hypervisor', 'none'), 7)
  t.equal(line('one', 1, 'clocksource.current', 'tsc'), 9)
  t.equal(line('one', 1, 'clocksource.includes', 'acpi_pm'), 11)
  t.equal(line('one', 1, 'adopts', 'clock.hpet'), 14)
  t.equal(line('one', 1, 'log.has', 'a line'), 18)
  t.end()
})

t.test('of drivers the line of each, though the words of one are all in those of another', t => {
  const head = 'name: one\nsummary: s\nsource: s\nexpect:\n  - drivers:\n'
  const lines = (...drivers: { class?: string; device?: string; driver: string }[]) => {
    const items = drivers.map(each => `      - ${JSON.stringify(each)}\n`)
    return unmetDrivers(drivers, []).map(({ field, want, expected }) =>
      locateExpected(
        `${head}${items.join('')}`,
        { name: 'one', file: 'x.yaml' },
        { expectation: 0, field, want, index: expected?.index },
      ),
    )
  }
  const ahci = { class: '0101', driver: 'ahci' }
  t.same(lines(ahci, { device: '8086:7010', ...ahci }), [6, 7])
  t.same(lines(ahci, { class: '0101', driver: 'none' }, ahci), [6, 7, 8])
  t.end()
})

t.test('of a scenario that is like another one, where the item is written', t => {
  t.equal(line('two', 1, 'adopts', 'clock.hpet'), 14)
  t.equal(line('three', 0, 'outcome', 'reported'), 28, 'a default: the expectation itself')
  t.equal(line('one', 1, 'outcome', 'reported'), 7)
  t.equal(line('gone', 0, 'outcome', 'reported'), null)
  t.end()
})

t.test('in the catalogue, where it is', t => {
  const file = join(scenariosFolder, 'hyperv.yaml')
  const catalogue = readFileSync(file, 'utf8')
  const place = locateExpected(
    catalogue,
    { name: 'hyperv-no-vp-index', file },
    { expectation: 0, field: 'log.has', want: 'x86/hyperv: VP_INDEX MSR not available.' },
  )
  t.match(catalogue.split('\n')[(place ?? 0) - 1], /log: \{ has: .*VP_INDEX MSR/)
  t.end()
})
