import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { baselinePath, formatBaseline, makeBaseline, parseBaseline } from '../../runner/baseline/file.js'
import { normaliseLogLine } from '../../runner/baseline/normalise.js'
import { checkBaseline, updateBaseline } from '../../runner/baseline/store.js'
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
  t.same(made.facts, [...made.facts].sort())
  t.same(parseBaseline(formatBaseline(made)), made)
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
    ['kernel BUG at arch/x86/xen/enlighten_hvm.c:81!', 'kernel BUG at arch/x86/xen/enlighten_hvm.c:N!'],
    ['Hyper-V: privilege flags low 0x60, high 0x0, hints 0x1000, misc 0x0', null],
    ['tsc: Refined TSC clocksource calibration: 2595.9 MHz', undefined],
  ] as const) {
    if (normal === undefined) t.equal(normaliseLogLine(line), null)
    else t.equal(normaliseLogLine(line), normal ?? line)
  }
  t.end()
})

t.test('missing, written, same, different', t => {
  const folder = t.testdir()
  const record = exampleRecord()
  t.match(checkBaseline(folder, record), { state: 'missing' })
  t.match(updateBaseline(folder, record), { state: 'missing' })
  t.match(checkBaseline(folder, record), { state: 'same', difference: null })
  const changed = exampleRecord({ identity: { hypervisor: null, paravirt: 'bare hardware', sysfsType: null } })
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
