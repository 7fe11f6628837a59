import t from 'tap'
import { hypervisors } from '../../runner/hypervisors/table.js'
import { guestSupport } from '../../runner/observe/guest-support.js'

t.test('each symbol that decides which hypervisors a kernel knows, as it is configured', t => {
  const config = new Map([
    ['KVM_GUEST', 'y'],
    ['HYPERV', 'm'],
    ['EXT4_FS', 'y'],
  ])
  const support = guestSupport(config)
  t.match(support, { KVM_GUEST: 'y', HYPERV: 'm', XEN_PVHVM: 'n' })
  t.notOk(support && 'EXT4_FS' in support)
  const driverSymbols = hypervisors.flatMap(each => each.driverSymbols ?? [])
  t.ok(driverSymbols.length > 0)
  for (const symbol of driverSymbols) t.equal(support?.[symbol] ?? null, config.get(symbol) ?? 'n')
  t.end()
})

t.test('nothing is said of a configuration that is not known', t => {
  t.equal(guestSupport(null), null)
  t.end()
})
