import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { formatFact, parseFact } from '../../runner/baseline/fact.js'
import {
  baselinePath,
  formatBaseline,
  makeBaseline,
  parseBaseline,
} from '../../runner/baseline/file.js'
import { normaliseLogLine } from '../../runner/baseline/normalise.js'
import { checkBaseline, updateBaseline } from '../../runner/baseline/store.js'
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

t.test('log lines lose addresses, frequencies and what depends on timing', t => {
  for (const [line, normal] of [
    [
      'PANIC: early exception 0x06 IP 10:ffffffff93e8f984 error 0 cr2 0xff1100000c226ff8',
      'PANIC: early exception 0x06 IP ADDRESS error 0 cr2 ADDRESS',
    ],
    ['tsc: Detected 2596.116 MHz processor', 'tsc: Detected N MHz processor'],
    ['kvm-clock: using sched offset of 12345 cycles', 'kvm-clock: using sched offset of N cycles'],
    ['kvm-clock: Using msrs 4b564d01 and 4b564d00', 'kvm-clock: Using msrs 4b564d01 and 4b564d00'],
    [
      'kernel BUG at arch/x86/xen/enlighten_hvm.c:81!',
      'kernel BUG at arch/x86/xen/enlighten_hvm.c:N!',
    ],
    ['Hyper-V: privilege flags low 0x60, high 0x0, hints 0x1000, misc 0x0', null],
    ['tsc: Refined TSC clocksource calibration: 2595.9 MHz', undefined],
  ] as const) {
    if (normal === undefined) t.equal(normaliseLogLine(line), null)
    else t.equal(normaliseLogLine(line), normal ?? line)
  }
  t.end()
})

t.test('what measuring and watching the clocks says depends on the load', t => {
  // arch/x86/kernel/tsc.c and kernel/time/clocksource.c of 6.1, and what later versions were seen to say.
  for (const line of [
    'tsc: Fast TSC calibration using PIT',
    'tsc: Fast TSC calibration failed',
    'tsc: Unable to calibrate against PIT',
    'tsc: No reference (HPET/PMTIMER) available',
    'tsc: HPET/PMTIMER calibration failed',
    'tsc: HPET/PMTIMER calibration failed. Using PIT calibration.',
    'tsc: using HPET reference calibration',
    'tsc: PIT calibration matches PMTIMER. 2 loops',
    'tsc: PIT calibration deviates from HPET: 2595103 2303111',
    'tsc: Using PIT calibration value',
    'tsc: Refined TSC clocksource calibration: 2595.123 MHz',
    'tsc: Detected 2595.123 MHz TSC',
    'tsc: Warning: TSC freq calibrated by CPUID/MSR differs from what is calibrated by HW timer, please check with vendor!!',
    'tsc: Previous calibrated TSC freq:\t 2595.123 MHz',
    'tsc: TSC freq recalibrated by [HPET]:\t 2595.123 MHz',
    'tsc: Marking TSC unstable due to clocksource watchdog',
    "clocksource: timekeeping watchdog on CPU0: Marking clocksource 'tsc' as unstable because the skew is too large:",
    "clocksource:                       'hpet' wd_nsec: 503 wd_now: 5e3b1c2d wd_last: 5b mask: ffffffff",
    "clocksource:                       'tsc' cs_nsec: 588 cs_now: 1a2b3c4d5e cs_last: 1a mask: ffffffffffffffff",
    "clocksource:                       'tsc' (not 'hpet') is current clocksource.",
    'clocksource:                       No current clocksource.',
    'clocksource: timekeeping watchdog on CPU0: hpet retried 2 times before success',
    'clocksource: wd-tsc-wd read-back delay of 120000ns, clock-skew test skipped!',
    'clocksource: Checking clocksource tsc synchronization from CPU 0 to CPUs 1.',
    'clocksource:         CPUs 1 ahead of CPU 0 for clocksource tsc.',
    'clocksource: Watchdog    hpet interval:        500000000ns',
    'clocksource: Watchdog hpet read timed out. Readout sequence took: 61000ns',
    'clocksource: Watchdog remote CPU 1 read timed out',
    'clocksource: Marking clocksource tsc unstable due to frequency skew',
    'clocksource: CPU1         12345678 < CPU0         23456789 (cycles)',
  ]) {
    t.equal(normaliseLogLine(line), null, line)
  }
  for (const line of [
    'tsc: Marking TSC unstable due to running on Hyper-V',
    'clocksource: Switched to clocksource hpet',
    'clocksource: acpi_pm: mask: 0xffffff max_cycles: 0xffffff, max_idle_ns: N ns',
  ]) {
    t.equal(normaliseLogLine(line), line)
  }
  t.end()
})

t.test('addresses of any length, and what is told of the TSC by its frequency', t => {
  for (const [line, normal] of [
    [
      'kvm-clock: cpu 0, msr 3f001001, primary cpu clock',
      'kvm-clock: cpu 0, msr ADDRESS, primary cpu clock',
    ],
    ['kvm-guest: stealtime: cpu 0, msr 7dc2c040', 'kvm-guest: stealtime: cpu 0, msr ADDRESS'],
    [
      'BUG: kernel NULL pointer dereference, address: 00000008',
      'BUG: kernel NULL pointer dereference, address: ADDRESS',
    ],
    ['WARNING: CPU: 1 PID: 17 at a/b.c:7 f+0x1d/0x40', 'WARNING: CPU: N PID: N at a/b.c:N f+N/N'],
    [
      'clocksource: tsc: mask: 0xffffffffffffffff max_cycles: 0x2c8ab, max_idle_ns: 4 ns',
      'clocksource: tsc: mask: ADDRESS max_cycles: ADDRESS, max_idle_ns: N ns',
    ],
  ] as const) {
    t.equal(normaliseLogLine(line), normal)
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
  t.match(checkBaseline(folder, record), { state: 'same', difference: null })
  const changed = exampleRecord({
    identity: { hypervisor: null, paravirt: 'bare hardware', sysfsType: null },
  })
  const { state, difference } = checkBaseline(folder, changed)
  t.equal(state, 'differs')
  t.match(difference, /^baseline: kernel 6\.1\.176 /m)
  t.match(difference, /^-hypervisor KVM\n\+hypervisor none$/m)
  t.notMatch(difference, /clocksource/, 'only what differs')
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
