import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { formatFact, parseFact } from '../../runner/baseline/fact.js'
import {
  baselinePath,
  formatBaseline,
  makeBaseline,
  parseBaseline,
} from '../../runner/baseline/file.js'
import { compareFingerprints } from '../../runner/baseline/fingerprint.js'
import { checkBaseline, updateBaseline } from '../../runner/baseline/store.js'
import { differenceLines, namesOf } from '../../runner/baseline/text.js'
import { isSettled } from '../../runner/baseline/settled.js'
import { exampleRecord } from '../fixtures/record.js'

t.test('the key is series, fidelity and vendor', t => {
  t.equal(baselinePath(exampleRecord()), '6.1/cpuid/AuthenticAMD/kvm-no-features.txt')
  const nested = exampleRecord({ accel: 'nested', fidelity: 'kvm' })
  t.equal(baselinePath(nested), '6.1/kvm/AuthenticAMD/kvm-no-features.txt')
  t.end()
})

t.test('what differs from run to run, machine to machine or point release is no fact', t => {
  const { kernel, fingerprint, clocksource } = exampleRecord()
  const other = exampleRecord({
    kernel: { ...kernel, version: '6.1.192', sha256: 'ff', release: '6.1.0-56-cloud-amd64' },
    log: ['Hypervisor detected: KVM', 'tsc: Detected 3000.002 MHz processor'],
    clocksource: { ...clocksource, available: [...clocksource.available, 'jiffies'] },
    timing: { firstByte: 1, marker: 2, total: 3 },
    fingerprint: { ...fingerprint, host: { kernel: 'x', cpu: 'Intel' } },
  })
  t.same(makeBaseline(other).facts, makeBaseline(exampleRecord()).facts)
  t.end()
})

t.test('facts are sorted, and a file reads back as what was written', t => {
  const made = makeBaseline(exampleRecord())
  const lines = made.facts.map(formatFact)
  t.same(lines, [...lines].sort())
  t.same(parseBaseline(formatBaseline(made)), made)
  t.end()
})

t.test('a line is read as the fact that it states, and written as it was', t => {
  for (const [line, fact] of [
    ['outcome reported', ['outcome', null, 'reported']],
    ['died in xen_hypercall_amd', ['died in', null, 'xen_hypercall_amd']],
    ['sysfs type xen', ['sysfs type', null, 'xen']],
    ['hypervisor Microsoft Hyper-V', ['hypervisor', null, 'Microsoft Hyper-V']],
    ['clocksource current hpet', ['clocksource current', null, 'hpet']],
    ['clocksource available acpi_pm', ['clocksource available', 'acpi_pm', null]],
    ['flag fpu', ['flag', 'fpu', null]],
    ['interface kvm.eoi offered, not adopted', ['interface', 'kvm.eoi', 'offered, not adopted']],
    ['violation one-abi: a.b c.d', ['violation', 'one-abi', 'a.b c.d']],
    ['log x: y  z', ['log', null, 'x: y  z']],
    ['whatever this is', ['unknown', null, 'whatever this is']],
    ['flags', ['unknown', null, 'flags']],
  ] as const) {
    const [kind, id, value] = fact
    t.same(parseFact(line), { kind, id, value }, line)
    t.equal(formatFact(parseFact(line)), line)
  }
  t.end()
})

t.test('a baseline that an older guise wrote is read as one of today', t => {
  const folder = t.testdir()
  updateBaseline(folder, exampleRecord())
  const file = join(folder, baselinePath(exampleRecord()))
  writeFileSync(file, `${readFileSync(file, 'utf8')}log tsc: Using PIT calibration value\n`)
  t.match(checkBaseline(folder, exampleRecord()), { state: 'same' })
  t.end()
})

t.test('clocks that have not settled are not compared, all else is', t => {
  const folder = t.testdir()
  updateBaseline(folder, exampleRecord())
  const early = { current: 'tsc-early', available: ['tsc-early'], settled: false }
  const log = ['Hypervisor detected: KVM', 'clocksource: Switched to clocksource tsc-early']
  const unsettled = exampleRecord({ clocksource: early, clockevents: [], log })
  t.notOk(isSettled(unsettled))
  t.notOk(isSettled(exampleRecord({ clocksource: { ...early, settled: true } })))
  t.match(checkBaseline(folder, unsettled), { state: 'same' })
  const identity = { hypervisor: null, paravirt: 'KVM', sysfsType: null }
  t.match(checkBaseline(folder, { ...unsettled, identity }), { state: 'differs' })
  t.ok(isSettled(exampleRecord({ outcome: 'panic', clocksource: early })), 'death is the last word')
  t.end()
})

t.test('where the watchdog marked a clock unstable, the clocks are not compared', t => {
  const folder = t.testdir()
  updateBaseline(folder, exampleRecord())
  // clocksource_watchdog() and cs_watchdog_read() in kernel/time/clocksource.c, tsc_cs_mark_unstable() in arch/x86/kernel/tsc.c.
  for (const line of [
    "clocksource: timekeeping watchdog on CPU0: Marking clocksource 'tsc' as unstable because the skew is too large:",
    'clocksource: timekeeping watchdog on CPU1: hpet read-back delay of 700000ns, attempt 4, marking unstable',
    'clocksource: timekeeping watchdog on CPU0: wd-tsc-wd excessive read-back delay of 90000ns vs. limit of 75000ns, wd-wd read-back delay only 1000ns, attempt 3, marking tsc unstable',
    'clocksource: Marking clocksource tsc unstable due to frequency skew',
    'tsc: Marking TSC unstable due to clocksource watchdog',
  ]) {
    const marked = exampleRecord({
      clocksource: { current: 'hpet', available: ['hpet', 'acpi_pm'], settled: true },
      log: ['Hypervisor detected: KVM', line],
    })
    t.notOk(isSettled(marked), line)
    const untrue = { told: [], counts: 1000, true: false, why: null }
    t.ok(isSettled({ ...marked, tsc: untrue }), 'a TSC that is not as told is rightly given up')
    t.notOk(isSettled({ ...marked, tsc: { ...untrue, true: true } }))
    t.ok(
      isSettled({ ...marked, clock: 'virtual' }),
      'on virtual time that hangs on the kernel alone',
    )
    t.match(checkBaseline(folder, marked), { state: 'same' }, line)
    t.match(checkBaseline(folder, { ...marked, flags: ['fpu'] }), { state: 'differs' }, line)
  }
  const refused = 'tsc: Marking TSC unstable due to running on Hyper-V'
  t.ok(isSettled(exampleRecord({ log: [refused] })), 'the kernel decided that')
  t.end()
})

t.test('no part of a path comes out of the folder', t => {
  const { kernel } = exampleRecord()
  const path = baselinePath(
    exampleRecord({ vendor: '../../../../', kernel: { ...kernel, version: '..' } }),
  )
  t.equal(path, '%2E%2E/cpuid/..%2F..%2F..%2F..%2F/kvm-no-features.txt')
  t.end()
})

t.test('missing, written, same, different', t => {
  const folder = t.testdir()
  const record = exampleRecord()
  t.match(checkBaseline(folder, record), { state: 'missing' })
  t.match(updateBaseline(folder, record), { state: 'missing' })
  t.match(checkBaseline(folder, record), { state: 'same' })
  const changed = exampleRecord({
    identity: { hypervisor: null, paravirt: 'bare hardware', sysfsType: null },
    accel: 'tcg',
    kernel: { ...record.kernel, version: '6.1.177' },
  })
  const { state, differences, made } = checkBaseline(folder, changed)
  t.equal(state, 'differs')
  t.equal(namesOf(differences), 'hypervisor, paravirt')
  t.same(differenceLines(differences), [
    '- hypervisor KVM',
    '+ hypervisor none',
    '- paravirt KVM',
    '+ paravirt bare hardware',
  ])
  t.equal(
    made && compareFingerprints(made.before, made.now),
    'kernel 6.1.176 (6.1.0-50-cloud-amd64) -> 6.1.177 (6.1.0-50-cloud-amd64); the same accelerator, clock, QEMU, host and guise',
  )
  t.end()
})

t.test('one of the other fidelity is never compared, wherever it lies', t => {
  const folder = t.testdir()
  const nested = exampleRecord({ accel: 'nested', fidelity: 'kvm' })
  updateBaseline(folder, nested)
  t.match(checkBaseline(folder, exampleRecord()), { state: 'missing' })
  const file = join(folder, baselinePath(exampleRecord()))
  mkdirSync(dirname(file), { recursive: true })
  copyFileSync(join(folder, baselinePath(nested)), file)
  t.throws(
    () => checkBaseline(folder, exampleRecord()),
    /: expected a baseline of fidelity cpuid, got one of kvm: /,
  )
  t.end()
})

t.test('a baseline that holds is left as it is', t => {
  const folder = t.testdir()
  updateBaseline(folder, exampleRecord())
  const file = join(folder, baselinePath(exampleRecord()))
  const older = readFileSync(file, 'utf8').replace('6.1.176', '6.1.99')
  writeFileSync(file, older)
  updateBaseline(folder, exampleRecord())
  t.equal(readFileSync(file, 'utf8'), older)
  t.end()
})

t.test('what a guest says of itself is one line, and moves no cursor', t => {
  const hostile = exampleRecord({
    identity: { sysfsType: null, hypervisor: 'K\u001b[2JVM\nflag smep', paravirt: 'a\r\u202eb' },
  })
  const made = makeBaseline(hostile)
  const text = formatBaseline(made)
  t.notMatch(text, /[^\n -~]/)
  t.match(text, /^hypervisor K\\x1b\[2JVM\\x0aflag smep$/m)
  t.same(parseBaseline(text).facts, made.facts, 'and what was written is the same when it is read')
  t.end()
})
