import t from 'tap'
import { parseCpuid } from '../../../runner/console/protocol/cpuid-record.js'
import { cpuidRecord } from './encode-report.js'

void t.test('reads answers with all their bits', t => {
  const { payload } = cpuidRecord(3, [
    [0x80000000, 0xffffffff, 1, 0xfffffffe, 3, 0x80000000],
    [1, 0, 0, 0, 0, 0],
  ])
  t.strictSame(parseCpuid(Buffer.from(payload)), {
    cpu: 3,
    leaves: [
      {
        leaf: 0x80000000,
        subleaf: 0xffffffff,
        registers: { eax: 1, ebx: 0xfffffffe, ecx: 3, edx: 0x80000000 },
      },
      { leaf: 1, subleaf: 0, registers: { eax: 0, ebx: 0, ecx: 0, edx: 0 } },
    ],
  })
  t.end()
})

void t.test('takes no part of an answer', t => {
  const payload = Buffer.from(cpuidRecord(0, [[0, 0, 0, 0, 0, 0]]).payload)
  for (let length = 0; length < payload.length; length++) {
    t.strictSame(
      parseCpuid(payload.subarray(0, length)),
      length === 4 ? { cpu: 0, leaves: [] } : null,
    )
  }
  t.end()
})
