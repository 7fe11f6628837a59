import t from 'tap'
import { noFacts } from '../../runner/hypervisors/facts.js'
import type { Judgement } from '../../runner/judge/verdict.js'
import type { Clock } from '../../runner/plan/clock.js'
import { planScenario, type Plan } from '../../runner/plan/plan.js'
import { type GuestResult, makeRecord, type RunInfo } from '../../runner/record/make.js'
import { recordSchema } from '../../runner/record/schema.js'
import { exampleRecord } from '../fixtures/record.js'
import { parseScenario } from '../fixtures/scenario.js'
import { idle, judgedRun, type RunChanges, starved } from '../judge/judged-run.js'

const { kernel, fingerprint } = exampleRecord()
const info: RunInfo = {
  run: 'a run',
  scenario: 'test',
  file: '/scenarios/test.yaml',
  kernel,
  qemuVersion: '7.2.22',
  qemuWhy: 'the other one is old',
  accelerator: 'tcg',
  accelWhy: 'because',
  fingerprint,
  reruns: ['it was slow'],
}
const nowhere: RunInfo = { ...info, reruns: [] }

function planned(): Plan {
  const plan = planScenario(
    parseScenario(
      'hypervisor-leaves: listed\n' +
        'cpuid: [{ leaf: 0x40000000, eax: 0x40000000, signature: KVMKVMKVM }]\n' +
        'expect: [{ outcome: reported, why: commit x }]',
    ),
    { kernel: { version: '6.1.0', config: null }, accelerator: 'tcg', qemuVersion: '7.2.22' },
  )
  if ('skip' in plan) throw new Error(plan.skip)
  return plan
}

const plan = planned()
const pass: Judgement = { verdict: 'pass', why: [] }

function guest(changes: RunChanges = {}, more: Partial<GuestResult> = {}): GuestResult {
  const run = judgedRun('', changes)
  return {
    plan,
    argv: ['qemu', '-append', 'a b'],
    ending: run.ending,
    observation: run.observation,
    tsc: null,
    load: run.load,
    instructions: { firmware: 1, unpacked: 2, detected: null, init: 4, report: 5 },
    console: '/out/test.console.log',
    picture: '/out/test.png',
    kernelLog: '/out/test.kernel.log',
    timing: { firstByte: 1, marker: 2, total: 3 },
    lines: [],
    ...more,
  }
}

t.test('a record says all that there is to say of a guest', t => {
  const log = ['Hypervisor detected: KVM', 'Run /init as init process']
  const result = guest({ adopted: ['kvm.eoi'], log })
  const cpus = [{ cpu: 0, leaves: [] }]
  const observation = { ...result.observation, cpus }
  const record = makeRecord(info, pass, { ...result, observation })
  t.same(record, {
    schema: 'guise-record-1',
    run: 'a run',
    scenario: 'test',
    file: '/scenarios/test.yaml',
    kernel,
    commandLine: plan.commandLine,
    qemu: { version: '7.2.22', argv: ['qemu', '-append', 'a b'] },
    accel: 'tcg',
    accelWhy: 'because',
    qemuWhy: 'the other one is old',
    clock: plan.clock.clock,
    clockWhy: plan.clock.why,
    fidelity: 'cpuid',
    vendor: plan.vendor,
    outcome: 'reported',
    diedIn: null,
    stuckIn: null,
    place: null,
    ending: 'because',
    verdict: 'pass',
    why: [],
    unmet: [],
    kernelSaid: [],
    rule: 'commit x',
    applied: true,
    cpuid: { asked: record.cpuid.asked, got: [{ cpu: 0, leaves: [] }] },
    withheld: [],
    lacking: [],
    ...observation.facts,
    interfaces: [
      { id: 'kvm.eoi', class: 'exclusive', owner: 'kvm', offered: null, adopted: 'yes' },
    ],
    composition: { owners: [], mixed: false, violations: [] },
    tsc: null,
    dmi: {},
    notShown: [],
    kernelTsc: null,
    broken: [],
    log: ['Hypervisor detected: KVM'],
    console: '/out/test.console.log',
    picture: '/out/test.png',
    kernelLog: '/out/test.kernel.log',
    reruns: ['it was slow'],
    timing: { firstByte: 1, marker: 2, total: 3 },
    deadlines: { silence: plan.deadlines.silenceMs, total: plan.deadlines.totalMs },
    instructions: { firmware: 1, unpacked: 2, detected: null, init: 4, report: 5 },
    load: { ...idle, starved: false },
    fingerprint,
  })
  t.same(
    record.cpuid.asked.map(({ leaf }) => leaf),
    ['0x40000000'],
  )
  t.not(plan.deadlines.silenceMs, plan.deadlines.totalMs)
  t.same(recordSchema.parse(JSON.parse(JSON.stringify(record))), record, 'it can be read again')
  t.end()
})

t.test('how busy this machine was', t => {
  t.same(makeRecord(info, pass, guest({ load: starved })).load, { ...starved, starved: true })
  t.same(makeRecord(info, pass, guest({ load: idle })).load, { ...idle, starved: false })
  t.equal(makeRecord(info, pass, guest({ load: null })).load, null)
  t.equal(plan.clock.clock, 'virtual')
  const load = { ...idle, longestStallMs: 200 }
  const starvedOn = (clock: Clock) =>
    makeRecord(info, pass, guest({ load }, { plan: { ...plan, clock: { clock, why: '' } } })).load
      ?.starved
  t.equal(starvedOn('real'), true, 'a moment shows in its clocks')
  t.equal(starvedOn('virtual'), false)
  t.end()
})

t.test('what was expected and is not met is told with its line, where that is known', t => {
  const unmet: Judgement['unmet'] = [
    { field: 'outcome', want: 'reported', got: 'panic: x' },
    { field: 'hypervisor', want: 'KVM', got: 'none' },
    { field: 'paravirt', want: 'KVM', got: 'none' },
  ]
  const result = guest({}, { lines: [3, null] })
  const { file } = info
  t.same(makeRecord(info, { verdict: 'fail', why: ['x'], unmet }, result).unmet, [
    { ...unmet[0], file, line: 3 },
    { ...unmet[1], file: null, line: null },
    { ...unmet[2], file: null, line: null },
  ])
  const driver = { field: 'drivers', want: 'driver ahci for class 0106', got: 'none' } as const
  const expected = { driver: 'ahci', index: 0 }
  const why = ['x']
  t.same(
    makeRecord(info, { verdict: 'fail', why, unmet: [{ ...driver, expected }] }, result).unmet,
    [{ ...driver, file, line: 3 }],
    'a record has the words of a driver, and not its place in the list beside its line',
  )
  t.end()
})

t.test("the kernel's own words are told of a guest that did not pass", t => {
  const line = 'Kernel panic - not syncing: x'
  const died = guest({ ending: { outcome: 'panic', diedIn: 'f' }, log: [line] })
  const said = (verdict: Judgement['verdict']) =>
    makeRecord(info, { verdict, why: ['x'] }, died).kernelSaid
  t.same(said('fail'), [line])
  t.same(said('error'), [line])
  t.same(said('pass'), [])
  t.same(said('skip'), [])
  t.equal(makeRecord(info, pass, died).diedIn, 'f')
  t.end()
})

t.test('of a guest that was never started nothing is made up', t => {
  const record = makeRecord(nowhere, { verdict: 'skip', why: ['no such module'] }, null)
  t.same(record, {
    schema: 'guise-record-1',
    run: 'a run',
    scenario: 'test',
    file: '/scenarios/test.yaml',
    kernel,
    commandLine: null,
    qemu: { version: '7.2.22', argv: [] },
    accel: 'tcg',
    accelWhy: 'because',
    qemuWhy: 'the other one is old',
    clock: null,
    clockWhy: null,
    fidelity: 'cpuid',
    vendor: null,
    outcome: null,
    diedIn: null,
    stuckIn: null,
    place: null,
    ending: null,
    verdict: 'skip',
    why: ['no such module'],
    unmet: [],
    kernelSaid: [],
    rule: null,
    applied: null,
    cpuid: { asked: [], got: [] },
    withheld: [],
    lacking: [],
    ...noFacts,
    interfaces: [],
    composition: { owners: [], mixed: false, violations: [] },
    tsc: null,
    dmi: {},
    notShown: [],
    kernelTsc: null,
    broken: [],
    log: [],
    console: null,
    picture: null,
    kernelLog: null,
    reruns: [],
    timing: null,
    instructions: null,
    deadlines: null,
    load: null,
    fingerprint,
  })
  t.same(recordSchema.parse(record), record)
  t.equal(makeRecord({ ...info, accelerator: 'nested' }, pass, null).fidelity, 'kvm')
  t.end()
})
