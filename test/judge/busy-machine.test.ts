import t from 'tap'
import type { EndedBy } from '../../runner/console/monitor.js'
import type { Ending } from '../../runner/console/outcome.js'
import { groupOf } from '../../runner/hypervisors/interface.js'
import { interfaces } from '../../runner/hypervisors/table.js'
import { type BusyFacts, whyInconclusive, whyUncertain } from '../../runner/judge/busy-machine.js'
import { judge } from '../../runner/judge/judge.js'
import type { Observation } from '../../runner/observe/observe.js'
import { wasSlowed, wasStarved } from '../../runner/judge/starved.js'
import { accelerators } from '../../runner/plan/accelerator.js'
import { parseScenario } from '../fixtures/scenario.js'
import { idle, judgedRun, type RunChanges, starved } from './judged-run.js'

const tcg: BusyFacts = {
  accelerator: 'tcg',
  clock: { clock: 'real', why: '' },
}
const virtual: BusyFacts = { ...tcg, clock: { clock: 'virtual', why: '' } }

const onHpet = { clocksource: { current: 'hpet', available: ['hpet'], settled: true } }
const wantsTsc = 'clocksource: { current: tsc }'

const failedCalibrations = [
  'tsc: HPET/PMTIMER calibration failed',
  'tsc: HPET/PMTIMER calibration failed. Using PIT calibration.',
  'tsc: PIT calibration deviates from HPET: 1 2',
  'tsc: No reference (HPET/PMTIMER) available',
  "clocksource: timekeeping watchdog on CPU0: Marking clocksource 'tsc-early' as unstable because the skew is too large:",
  'APIC timer disabled due to verification failure',
  'watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [swapper/0:1]',
  'rcu: INFO: rcu_preempt self-detected stall on CPU',
  'rcu: INFO: rcu_sched detected stalls on CPUs/tasks:',
]

function inconclusive(expect: string, changes: RunChanges, plan = tcg): string | null {
  return whyInconclusive(plan, judgedRun(expect, changes))
}

t.test('a guest that was not starved is judged as it is, however odd its clocks', t => {
  for (const accelerator of accelerators) {
    for (const line of failedCalibrations) {
      const run = { ...onHpet, log: [line] }
      const plan = { ...tcg, accelerator }
      t.equal(inconclusive(wantsTsc, { ...run, load: idle }, plan), null, `${accelerator}: ${line}`)
      t.equal(inconclusive(wantsTsc, { ...run, load: null }, plan), null, 'nor one not measured')
      t.match(inconclusive(wantsTsc, { ...run, load: starved }, plan), 'this machine was too busy')
    }
  }
  t.end()
})

t.test('the log says what went wrong, where it says anything', t => {
  const told = (log: string[]) => inconclusive(wantsTsc, { ...onHpet, log, load: starved })
  t.equal(told([]), 'this machine was too busy for it')
  t.equal(
    told(['tsc: HPET/PMTIMER calibration failed']),
    'it could not measure its TSC: this machine was too busy for it',
  )
  t.end()
})

t.test('who was starved is told by what was taken, altogether or at a stretch', t => {
  t.match(inconclusive(wantsTsc, { ...onHpet, load: starved }), /^this machine was too busy/)
  const stolen = { ...idle, stolen: 0.4 }
  t.match(inconclusive(wantsTsc, { ...onHpet, load: stolen }), 'too busy', 'whoever took it')
  const stalled = { ...idle, longestStallMs: 41 }
  t.match(inconclusive(wantsTsc, { ...onHpet, load: stalled }), 'too busy', '40 ms are enough')
  const timer = "Kernel panic - not syncing: IO-APIC + timer doesn't work!  Boot with apic=debug"
  const died = { ending: { outcome: 'panic', reason: timer }, load: stalled } as const
  t.match(inconclusive('', died), 'too busy')
  t.end()
})

t.test('a deadline of seconds is not missed by a moment', t => {
  const late = { ending: { outcome: 'hang' }, endedBy: 'silence' } as const
  for (const plan of [tcg, virtual]) {
    t.equal(inconclusive('', { ...late, load: { ...idle, longestStallMs: 200 } }, plan), null)
    t.match(inconclusive('', { ...late, load: { ...idle, stolen: 0.1 } }, plan), 'too busy')
  }
  t.match(inconclusive('', { ...late, load: { ...idle, waited: 0.2 } }, tcg), 'too busy')
  t.equal(
    inconclusive('', { ...late, load: { ...idle, waited: 0.9 } }, virtual),
    null,
    'whose deadlines do not count that',
  )
  t.end()
})

t.test('on virtual time no clock is excused', t => {
  t.equal(inconclusive(wantsTsc, { ...onHpet, load: starved }, virtual), null)
  t.end()
})

t.test('what could not be measured is told of what a busy machine can bring about alone', t => {
  const uncertain = (expect: string, changes: RunChanges, plan = tcg) =>
    whyUncertain(plan, judgedRun(expect, { ...onHpet, load: null, ...changes }))
  t.match(uncertain(wantsTsc, {}), /^how long it waited .* could not be measured: this machine may/)
  t.equal(uncertain(wantsTsc, {}, virtual), null)
  t.equal(uncertain(wantsTsc, { load: idle }), null)
  t.equal(uncertain('hypervisor: KVM', {}), null)
  t.equal(uncertain('', {}), null)
  t.end()
})

t.test('a guest that has its CPU to itself is not starved, by what was measured', t => {
  for (const [waited, stolen] of [
    [0.015, 0.001],
    [0.033, 0.003],
    [0.059, 0.004],
    [0.08, null],
  ] as const) {
    const load = { ...idle, waited, stolen }
    t.equal(wasStarved(load), false, `${waited} ${stolen}`)
    t.equal(wasStarved({ ...load, longestStallMs: 60 }), true, 'but at a moment')
    t.equal(wasSlowed({ ...load, longestStallMs: 60 }), false, 'which no deadline shows')
  }
  for (const [waited, stolen] of [
    [0.16, 0.015],
    [0.06, 0.06],
    [0.12, null],
  ] as const) {
    t.equal(wasStarved({ ...idle, waited, stolen }), true, `${waited} ${stolen}`)
    t.equal(wasSlowed({ ...idle, waited, stolen }), true, `${waited} ${stolen}`)
  }
  // A moment is enough for a calibration, and no sample shows it: others crowd this machine.
  const moment = { ...idle, waited: 0.037, longestStallMs: 10 }
  t.equal(wasStarved({ ...moment, pressure: 0.756 }), true)
  t.equal(wasStarved({ ...moment, pressure: 0.2 }), false)
  t.equal(wasStarved({ ...moment, pressure: null }), false)
  t.equal(wasStarved({ ...moment, longestStallMs: 2, pressure: 0.9 }), false)
  t.equal(wasSlowed({ ...moment, pressure: 0.756 }), false)
  t.equal(wasStarved(null), false)
  t.end()
})

t.test('what a busy machine cannot bring about is never excused', t => {
  const busy = { ...onHpet, load: starved, log: failedCalibrations }
  for (const expect of [
    `hypervisor: KVM, ${wantsTsc}`,
    `paravirt: KVM, ${wantsTsc}`,
    'clocksource: { current: kvm-clock }',
    'clocksource: { includes: [tsc, kvm-clock] }',
    'adopts: [clock.kvm]',
    'adopts: [clock.tsc, kvm.spinlocks]',
    'rejects: [identity.kvm]',
    'clocksource: { excludes: [acpi_pm] }',
    'clocksource: { current: tsc, excludes: [hpet] }',
    'rejects: [clock.acpi-pm]',
    'log: { has: ["kvm-clock: Using msrs"] }',
    'drivers: [{ device: "15ad:07c0", driver: vmw_pvscsi }]',
  ]) {
    const seen = {
      ...busy,
      clocksource: { current: 'hpet', available: ['hpet', 'acpi_pm'], settled: true },
      adopted: ['identity.kvm', 'clock.acpi-pm'] as const,
    }
    t.equal(judgedRun(expect, seen).judgement.verdict, 'fail', expect)
    t.equal(inconclusive(expect, seen), null, expect)
  }
  for (const expect of [
    'clocksource: { current: tsc, includes: [tsc] }',
    'adopts: [clock.tsc, timer.lapic, tsc-frequency.calibration]',
    'log: { has: ["/tsc: Refined/"], lacks: [soft lockup] }',
  ]) {
    t.match(inconclusive(expect, busy), 'too busy', expect)
  }
  const onTsc = { ...busy, clocksource: { current: 'tsc', available: ['tsc'], settled: true } }
  t.match(
    inconclusive('clocksource: { excludes: [tsc] }', onTsc),
    'too busy',
    'the watchdog had no time',
  )
  t.end()
})

t.test('of each clock and each line, what a kernel measures and what it is offered', t => {
  const excused = (expect: string, changes: RunChanges = {}) => {
    const run = { ...onHpet, load: starved, ...changes }
    t.equal(judgedRun(expect, run).judgement.verdict, 'fail', expect)
    return inconclusive(expect, run) !== null
  }
  const none = { clocksource: { current: 'x', available: ['x'], settled: true } }
  const clocks = ['tsc', 'tsc-early', 'hpet', 'acpi_pm', 'jiffies', 'refined-jiffies']
  const others = ['kvm-clock', 'xen', 'hyperv_clocksource_tsc_page', 'hyperv_clocksource_msr']
  for (const name of [...clocks, ...others]) {
    const measured = clocks.includes(name)
    t.equal(excused(`clocksource: { current: ${name} }`, none), measured, name)
    t.equal(excused(`clocksource: { includes: [${name}] }`, none), measured, name)
    const all = { clocksource: { current: name, available: [name], settled: true } }
    const outlasts = ['tsc', 'tsc-early', 'jiffies', 'refined-jiffies'].includes(name)
    t.equal(excused(`clocksource: { excludes: [${name}] }`, all), outlasts, `${name} excluded`)
  }
  // It is there, and not taken: another one was rated higher, or took its place.
  const offered = { clocksource: { current: 'hpet', available: ['hpet', 'xen'], settled: true } }
  t.ok(excused('clocksource: { current: xen }', offered))
  // What the platform tells, no clock disturbs.
  const taken = ['banner.bare-hardware', 'tsc-frequency.cpuid']
  for (const { id, owner, measured } of interfaces) {
    const wanted = measured === true
    t.equal(wanted, owner === 'platform' && !isDevice(id) && !taken.includes(id), id)
    t.equal(excused(`adopts: [${id}]`), wanted, id)
    t.equal(excused(`offers: [${id}]`), wanted, id)
    const outlasts = wanted && !['clock.hpet', 'clock.acpi-pm'].includes(id)
    t.equal(excused(`rejects: [${id}]`, { adopted: [id] }), outlasts, `${id} rejected`)
  }
  for (const line of [
    'tsc: Refined TSC clocksource calibration: 2445.409 MHz',
    'clocksource: Switched to clocksource tsc',
    'hpet: 3 channels of 0 reserved for per-cpu timers',
    'sched_clock: Marking stable (1, 2)->(3, -4)',
    'Switched to high resolution timer mode on CPU 0',
    'lapic: a line',
    'tsc: Detected 2445.409 MHz processor',
    'APIC delta 1000 kHz',
    'INFO: rcu_preempt self-detected stall on CPU',
    'watchdog: BUG: soft lockup - CPU#0 stuck',
    'a clock of its own',
  ]) {
    t.ok(excused(`log: { has: ["${line}"] }`), line)
    t.ok(excused('log: { lacks: ["/./"] }', { log: [line] }), line)
  }
  for (const line of ['kvm-clock: Using msrs 12 and 11', 'Hypervisor detected: KVM', 'clockwork']) {
    t.notOk(excused(`log: { has: ["${line}"] }`), line)
    t.notOk(excused('log: { lacks: ["/./"] }', { log: [line] }), line)
  }
  t.end()
})

function isDevice(id: string): boolean {
  return ['video', 'storage', 'network', 'sata-mode'].includes(groupOf(id))
}

t.test('clock sources that did not settle', t => {
  const unsettled = { clocksource: { current: 'tsc-early', available: [], settled: false } }
  t.equal(inconclusive(wantsTsc, unsettled), null, 'where nothing was taken from it')
  const busy = { ...unsettled, load: starved }
  t.match(inconclusive(wantsTsc, busy), 'its clock sources did not settle in time: this machine')
  t.equal(inconclusive(`hypervisor: KVM, ${wantsTsc}`, busy), null, 'hide no identity')
  t.end()
})

t.test('deaths and ends', t => {
  const timer = "Kernel panic - not syncing: IO-APIC + timer doesn't work!  Boot with apic=debug"
  const cases: [Partial<Ending>, EndedBy, 'starved' | 'never'][] = [
    [{ outcome: 'panic', reason: timer }, 'fatal-line', 'starved'],
    ...[
      "timer doesn't work through Interrupt-remapped IO-APIC",
      'softlockup: hung tasks',
      'hung_task: blocked tasks',
      'RCU Stall',
      'Hard LOCKUP',
    ].map((why): [Partial<Ending>, EndedBy, 'starved'] => [
      { outcome: 'panic', reason: `Kernel panic - not syncing: ${why}` },
      'itself',
      'starved',
    ]),
    [{ outcome: 'hang' }, 'silence', 'starved'],
    [{ outcome: 'timeout' }, 'deadline', 'starved'],
    [{ outcome: 'timeout' }, 'output-limit', 'never'],
    [{ outcome: 'panic', reason: 'Kernel panic - not syncing: No init' }, 'itself', 'never'],
    [{ outcome: 'oops' }, 'fatal-line', 'never'],
    [{ outcome: 'early-exception' }, 'fatal-line', 'never'],
    [{ outcome: 'refused' }, 'fatal-line', 'never'],
    [{ outcome: 'reset' }, 'itself', 'never'],
  ]
  for (const [ending, endedBy, when] of cases) {
    const name = `${ending.outcome ?? ''} ${endedBy} ${ending.reason ?? ''}`
    t.equal(inconclusive('', { ending, endedBy, load: idle }), null, `${name}, idle`)
    const found = inconclusive('', { ending, endedBy, load: starved })
    if (when === 'never') t.equal(found, null, name)
    else t.match(found, 'too busy', name)
    const lost = inconclusive('hypervisor: KVM', { ending, endedBy, load: starved })
    t.equal(lost, null, `${name}: what had been detected by then counts`)
  }
  t.end()
})

t.test('a guest that lives where it should die was not too slow', t => {
  t.equal(inconclusive('outcome: panic', { load: starved }), null)
  t.end()
})

t.test('a pass needs no excuse', t => {
  const seen: Partial<Observation> = { log: failedCalibrations }
  t.equal(
    judge(parseScenario('').expect[0], judgedRun('', seen).ending, judgedRun('', seen).observation)
      .verdict,
    'pass',
  )
  t.equal(inconclusive('', { ...seen, load: starved }), null)
  t.end()
})
