import t from 'tap'
import { type RunFacts, reasonToRunAgain } from '../../runner/judge/run-again.js'
import { accelerators } from '../../runner/plan/accelerator.js'
import type { Outcome } from '../../runner/scenario/outcome.js'
import { parseScenario } from '../fixtures/scenario.js'
import { idle, judgedRun, type RunChanges, starved } from './judged-run.js'

const quiet: RunFacts = {
  verbosity: 'quiet',
  accelerator: 'kvm',
  clock: { clock: 'real', why: '' },
  channel: 'shared-memory',
  expectation: undefined,
}
const full: RunFacts = { ...quiet, verbosity: 'full' }
const nested: RunFacts = { ...full, accelerator: 'nested' }
const tcg: RunFacts = { ...full, accelerator: 'tcg' }

const again = (plan: RunFacts, expect: string, changes: RunChanges = {}) =>
  reasonToRunAgain(plan, judgedRun(expect, changes))
const ended = (outcome: Outcome, reason = 'because') => ({ ending: { outcome, reason } })

t.test(
  'a guest that died on a quiet console is run again for its last words, whatever it died of',
  t => {
    for (const outcome of ['panic', 'reset', 'hang', 'timeout', 'early-exception'] as const) {
      t.match(again(quiet, '', ended(outcome)), {
        why: `it ended without a report on a quiet console (${outcome})`,
        fullConsole: true,
        alone: false,
      })
    }
    t.equal(again(quiet, ''), null)
    t.end()
  },
)

t.test(
  'one that was only kept waiting is run again as it was: a full console is slower still',
  t => {
    for (const outcome of ['hang', 'timeout'] as const) {
      const run = { ...ended(outcome), endedBy: 'deadline', load: starved } as const
      t.match(again(quiet, '', run), { alone: true, fullConsole: false })
    }
    t.end()
  },
)

t.test("QEMU's and KVM's own failures would come again", t => {
  t.equal(again(quiet, '', ended('qemu-failed')), null)
  t.equal(again(quiet, '', ended('kvm-error')), null)
  t.end()
})

t.test('a wordless end in the nested host is not believed at once, unless it is expected', t => {
  t.match(again(nested, '', ended('reset')), { why: /without a word in the nested host \(reset\)/ })
  for (const outcome of ['hang', 'firmware-hang'] as const) {
    t.match(again(nested, '', ended(outcome)), {
      why: `it ended without a word in the nested host (${outcome})`,
    })
  }
  t.equal(again(nested, '', ended('timeout')), null)
  t.equal(again(nested, '', ended('panic')), null)
  const [expectation] = parseScenario('expect: [{ outcome: reset }]').expect
  t.equal(again({ ...nested, expectation }, 'outcome: reset', ended('reset')), null)
  t.equal(again(tcg, '', ended('reset')), null)
  t.end()
})

t.test('what a busy machine may have done is run again alone, on every accelerator', t => {
  const hpet = { current: 'hpet', available: ['hpet'], settled: true }
  const timer = "Kernel panic - not syncing: IO-APIC + timer doesn't work!"
  for (const accelerator of accelerators) {
    const plan = { ...full, accelerator }
    const failed = { clocksource: hpet, log: ['tsc: HPET/PMTIMER calibration failed'] }
    t.match(again(plan, 'clocksource: { current: tsc }', { ...failed, load: starved }), {
      why: /could not measure its TSC/,
      alone: true,
    })
    t.match(again(plan, '', { ...ended('panic', timer), load: starved }), { alone: true })
    for (const load of [idle, null]) {
      t.equal(again(plan, '', { ...ended('panic', timer), load }), null, 'a death of a kernel')
      t.equal(again(plan, 'clocksource: { current: tsc }', { ...failed, load }), null)
    }
  }
  t.end()
})

t.test(
  'of two guests in the nested host the one that fails by its clocks is run there alone',
  t => {
    const onHpet = { clocksource: { current: 'hpet', available: ['hpet'], settled: true } }
    const expect = 'clocksource: { current: tsc }'
    t.match(again(nested, expect, { ...onHpet, hadCompany: true }), {
      why: 'another guest ran beside it in the nested host',
      alone: true,
    })
    t.equal(again(nested, expect, onHpet), null, 'and then judged as it is')
    t.equal(again(nested, 'hypervisor: KVM', { ...onHpet, hadCompany: true }), null)
    t.equal(again(nested, '', { hadCompany: true }), null, 'a pass needs no other')
    t.end()
  },
)

t.test('what a busy machine cannot do is not run again', t => {
  const busy = { load: starved, log: ['tsc: HPET/PMTIMER calibration failed'] }
  t.equal(again(tcg, 'hypervisor: KVM, clocksource: { current: hpet }', busy), null)
  t.equal(again(tcg, '', { ...busy, ...ended('oops') }), null)
  t.equal(again(quiet, 'hypervisor: KVM', busy), null)
  const timer = ended('panic', "Kernel panic - not syncing: IO-APIC + timer doesn't work!")
  t.equal(again(tcg, 'hypervisor: KVM', { ...busy, ...timer }), null)
  t.end()
})

t.test('a guest that passes is run again where it was starved and its clocks show it', t => {
  const log = [
    "clocksource: timekeeping watchdog on CPU0: Marking clocksource 'tsc' as unstable because the skew is too large:",
  ]
  t.match(again(tcg, '', { log, load: starved }), { why: /its clocks ran apart/, alone: true })
  const delayed = [
    'clocksource: timekeeping watchdog on CPU1: hpet read-back delay of 700000ns, attempt 4, marking unstable',
  ]
  t.match(again(tcg, '', { log: delayed, load: starved }), { why: /its clocks ran apart/ })
  const wanted = (...expect: string[]) => parseScenario(`expect: [{ ${expect.join()} }]`).expect[0]
  const told = ['tsc: Marking TSC unstable due to clocksource watchdog', ...log]
  const untrue = 'log: { has: [Marking TSC unstable due to clocksource watchdog] }'
  const run = { log: told, load: starved }
  t.match(again(tcg, untrue, run), { why: /its clocks ran apart/ }, 'the plan says what is wanted')
  t.equal(again({ ...tcg, expectation: wanted(untrue) }, untrue, run), null, 'it is what it is for')
  t.match(again({ ...tcg, expectation: wanted('log: { has: [Linux] }') }, '', run), { alone: true })
  t.equal(again(tcg, '', { log, load: idle }), null)
  t.equal(again(tcg, '', { load: starved }), null)
  // Another way of measuring followed, and nothing came of it.
  for (const line of [
    'tsc: HPET/PMTIMER calibration failed',
    'APIC calibration not consistent with PM-Timer: 95ms instead of 100ms',
    'clocksource: wd-tsc-early-wd read-back delay of 1798040ns, clock-skew test skipped!',
    'clocksource: timekeeping watchdog on CPU0: hpet wd-wd read-back delay of 1273380ns',
  ]) {
    for (const plan of [tcg, nested]) t.equal(again(plan, '', { log: [line], load: starved }), null)
  }
  t.end()
})

t.test('a report that could not come out takes the other way, where there is one', t => {
  const lost = { ending: { outcome: 'reset', lostReport: true, reason: 'no channel' } } as const
  t.match(again(tcg, '', lost), {
    why: 'no channel; it reports on a serial port',
    channel: 'serial',
  })
  t.match(again(quiet, '', lost), { channel: 'serial', fullConsole: false })
  t.not(again(nested, '', lost)?.channel, 'serial', 'the nested host carries none out')
  t.equal(again({ ...tcg, channel: 'serial' }, '', lost), null)
  const lacking = ended('qemu-failed', "x: 'ivshmem-plain' is not a valid device model name")
  t.match(again(tcg, '', lacking), { channel: 'serial' })
  t.equal(again(tcg, '', ended('qemu-failed', "'pvscsi' is not a valid device model name")), null)
  t.end()
})

t.test('on virtual time nothing of the machine shows, but for a deadline', t => {
  const virtual: RunFacts = { ...tcg, clock: { clock: 'virtual', why: '' } }
  const onHpet = {
    clocksource: { current: 'hpet', available: ['hpet'], settled: false },
    log: ['tsc: HPET/PMTIMER calibration failed'],
    load: starved,
  }
  const timer = ended('panic', "Kernel panic - not syncing: IO-APIC + timer doesn't work!")
  const marked = ['clocksource: Marking clocksource tsc unstable due to frequency skew', 'x']
  for (const [expect, changes] of [
    ['clocksource: { current: tsc }', onHpet],
    ['', { ...timer, load: starved }],
    ['', { log: marked, load: starved }],
  ] as const) {
    t.equal(again(virtual, expect, changes), null)
  }
  const late = { ...ended('timeout'), endedBy: 'deadline', load: starved } as const
  t.equal(again(virtual, '', late), null, 'no deadline counts what it waited for a CPU')
  const stolen = { ...late, load: { ...idle, stolen: 0.1 } }
  t.match(again(virtual, '', stolen), { why: /this machine was too busy/, alone: true })
  t.equal(again(virtual, '', { ...late, load: idle }), null, 'it is the guest that is slow')
  t.end()
})

t.test('a guest that QEMU cannot serve on virtual time is run on real time', t => {
  const virtual: RunFacts = { ...tcg, clock: { clock: 'virtual', why: '' } }
  const refused = ended('qemu-failed', 'qemu-system-x86_64: Bad icount read')
  t.match(again(virtual, '', refused), { why: /on virtual time/, clock: 'real', alone: false })
  t.equal(again(tcg, '', refused), null)
  t.match(again(virtual, '', { ending: { outcome: 'reset', lostReport: true } }), {
    clock: 'virtual',
  })
  t.end()
})

t.test('one that died with flags that no CPU has is run again on real time', t => {
  const died = (flags: string) => ({
    ...ended('oops'),
    log: [
      'kernel BUG at lib/list_debug.c:25!',
      'RIP: 0010:__list_add_valid.cold+0x59/0x5b',
      `RSP: 0000:ffffd421c00dbc38 EFLAGS: ${flags}`,
    ],
  })
  const virtual: RunFacts = { ...tcg, clock: { clock: 'virtual', why: '' } }
  for (const flags of ['417c4646', '80000246', '00400246'])
    t.match(again(virtual, '', died(flags)), { clock: 'real', why: /^it died with flags/ }, flags)
  for (const flags of ['00010246', '00250ed7', '003f7fd7'])
    t.equal(again(virtual, '', died(flags)), null, flags)
  t.equal(again(tcg, '', died('417c4646')), null, 'and once only')
  t.end()
})

t.test('one that died behind a CMPXCHG16B, of QEMU’s own fault, is run again on real time', t => {
  const code = (text: string) => ({
    ...ended('oops'),
    log: ['traps: PANIC: double fault, error_code: 0x0', `Code: 48 0f ce 48 31 f3 ${text} 84 c0`],
  })
  const virtual: RunFacts = { ...tcg, clock: { clock: 'virtual', why: '' } }
  for (const text of ['65 48 0f c7 0f <0f> 94 c0', 'f0 49 0f c7 4c 24 08 <0f> 94 c0']) {
    t.match(again(virtual, '', code(text)), { clock: 'real', why: /^it died right behind a CMPX/ })
  }
  for (const text of [
    '65 48 0f c7 0f 0f 94 c0 84 c0 74 a5 8b <45> 28',
    '0f c7 0f <0f> 94 c0',
    '48 0f c7 f0 <0f> 94 c0',
    '65 <48> 0f c7 0f 0f 94 c0',
  ]) {
    t.equal(again(virtual, '', code(text)), null, text)
  }
  t.equal(again(tcg, '', code('65 48 0f c7 0f <0f> 94 c0')), null, 'and once only')
  t.equal(again({ ...virtual, accelerator: 'kvm' }, '', code('65 48 0f c7 0f <0f>')), null)
  t.end()
})

t.test(
  'a guest that dies at an INT3 long gone is run again, where threads of QEMU execute it',
  t => {
    const real: RunFacts = { ...tcg, clock: { clock: 'real', why: '' } }
    const died = (log: string[]) => ({ ...ended('oops'), log })
    for (const line of ['Oops: int3: 0000 [#1] SMP PTI', 'int3: 0000 [#1] SMP PTI']) {
      t.match(again(real, '', died([line])), { why: /^it died at an INT3/, alone: false })
      t.equal(again({ ...real, accelerator: 'kvm' }, '', died([line])), null)
      const virtual: RunFacts = { ...real, clock: { clock: 'virtual', why: '' } }
      t.equal(again(virtual, '', died([line])), null, 'its CPUs take turns')
    }
    t.equal(again(real, '', died(['Oops: invalid opcode: 0000 [#1] SMP PTI'])), null)
    t.end()
  },
)
