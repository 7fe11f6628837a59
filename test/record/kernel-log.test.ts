import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { keepKernelLog } from '../../runner/record/kernel-log.js'

t.test('the kernel log is kept as dmesg prints it', t => {
  const folder = t.testdir()
  const record = { level: 6, facility: 0, sequence: 0, continuation: false }
  const path = keepKernelLog(folder, 'kvm', [
    { ...record, timestampUs: 0, text: 'Linux version 6.1.0' },
    { ...record, timestampUs: 1_234_567, text: 'tsc: Detected 2596.116 MHz processor' },
    { ...record, timestampUs: 12_345_000_001, text: 'late' },
    { ...record, timestampUs: 123_456_000_001, text: 'later' },
  ])
  t.equal(path, join(folder, 'kvm.kernel.log'))
  t.equal(
    readFileSync(path, 'utf8'),
    [
      '[    0.000000] Linux version 6.1.0',
      '[    1.234567] tsc: Detected 2596.116 MHz processor',
      '[12345.000001] late',
      '[123456.000001] later',
      '',
    ].join('\n'),
  )
  t.end()
})
