import t from 'tap'
import { formatFact, parseFact } from '../../runner/baseline/fact.js'
import { isSettled, withoutClocks } from '../../runner/baseline/settled.js'
import type { GuiseRecord } from '../../runner/record/schema.js'
import { exampleRecord } from '../fixtures/record.js'

t.test('clocks have settled where the guest saw them chosen, and not for the time being', t => {
  const settled = (
    current: string,
    chosen: boolean,
    outcome: GuiseRecord['outcome'] = 'reported',
  ) =>
    isSettled(
      exampleRecord({ outcome, clocksource: { current, available: [current], settled: chosen } }),
    )
  t.equal(settled('tsc', true), true)
  t.equal(settled('tsc', false), false)
  t.equal(settled('tsc-early', true), false)
  t.equal(settled('tsc-early', false, 'panic'), true, 'a death is the last word')
  t.end()
})

t.test('what hangs on the clocks is left out where they have not settled', t => {
  const clocks = [
    'clocksource current tsc-early',
    'clocksource available hpet',
    'clockevent lapic',
    'mixed yes',
    'interface clock.tsc offered, adopted',
    'interface timer.hyperv offered, adopted',
    'interface tsc-frequency.timing-leaf offered, adopted',
    'log clocksource: Switched to clocksource tsc-early',
    'log tsc: Detected N MHz processor',
    'log hpet: 3 channels of 0 reserved for per-cpu timers',
    'log hpet0: at MMIO 0xfed00000, IRQs 2, 8, 0',
    'log kvm-clock: using sched offset of N cycles',
  ]
  const rest = [
    'outcome reported',
    'died in f',
    'hypervisor KVM',
    'paravirt KVM',
    'sysfs type xen',
    'flag tsc',
    'interface identity.kvm offered, adopted',
    'interface kvm.eoi offered, adopted',
    'violation two-of-one-group: clock.tsc identity.kvm',
    'log Hypervisor detected: KVM',
    'log kvm-guest: PV spinlocks enabled',
    'whatever this is',
  ]
  t.same(withoutClocks([...clocks, ...rest].map(parseFact)).map(formatFact), rest)
  for (const line of clocks) t.same(withoutClocks([parseFact(line)]), [], line)
  t.end()
})
