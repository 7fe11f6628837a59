import t from 'tap'
import {
  recordCpuid,
  recordDevice,
  recordFile,
  recordKmsg,
} from '../../../runner/console/protocol/layout.js'
import { ReportBuilder } from '../../../runner/console/protocol/report.js'
import { everyRecord, type TestRecord, textRecord } from './encode-report.js'

function built(records: readonly TestRecord[]) {
  const builder = new ReportBuilder()
  records.forEach(({ type, payload }, sequence) => {
    builder.add({ type, sequence, payload: Buffer.from(payload) })
  })
  return { unreadable: builder.unreadable, report: builder.build(true, ['damage']) }
}

void t.test('puts records of every type together', t => {
  const { report, unreadable } = built(everyRecord)
  const vendor = { eax: 0xd, ebx: 0x68747541, ecx: 0x444d4163, edx: 0x69746e65 }
  const kvm = { eax: 0x40000001, ebx: 0x4b4d564b, ecx: 0x564b4d56, edx: 0x4d }
  t.strictSame(unreadable, [])
  t.strictSame(report, {
    complete: true,
    problems: ['damage', 'The guest reports: /sys: No such device.'],
    cpus: [
      {
        cpu: 0,
        leaves: [
          { leaf: 0, subleaf: 0, registers: vendor },
          { leaf: 0x40000000, subleaf: 0, registers: kvm },
        ],
      },
      { cpu: 1, leaves: [{ leaf: 0, subleaf: 0, registers: vendor }] },
    ],
    kmsg: [
      {
        level: 6,
        facility: 0,
        sequence: 0,
        timestampUs: 1234,
        continuation: false,
        text: 'Hypervisor detected: KVM',
      },
    ],
    files: new Map([
      ['/proc/version', 'Linux version 6.1.0\n'],
      ['/sys/hypervisor/type', 'ü'],
    ]),
    devices: [
      {
        bus: 'pci',
        name: '0000:00:01.0',
        driver: null,
        attributes: new Map([['class', '0x060100']]),
      },
      {
        bus: 'virtio',
        name: 'virtio0',
        driver: 'virtio_blk',
        attributes: new Map([['vendor', '0x1af4']]),
      },
    ],
    notes: new Map([['channel', 'serial']]),
  })
  t.end()
})

void t.test('says which records make no sense', t => {
  const types = [recordCpuid, recordKmsg, recordFile, recordDevice, 99]
  const { unreadable } = built(types.map(type => textRecord(type, 'nonsense')))
  t.strictSame(
    unreadable,
    types.map((type, sequence) => `Record ${sequence}, of type ${type}, makes no sense.`),
  )
  t.end()
})

void t.test('says that the start of the log is gone', t => {
  const { report } = built([textRecord(recordKmsg, '6,12,0,-;text\n')])
  t.match(report.problems[1], /overwrote the first 12 records/)
  t.end()
})

void t.test('replaces what is not UTF-8', t => {
  const payload = Buffer.from('/x\0\xff', 'latin1')
  t.equal(built([{ type: recordFile, payload }]).report.files.get('/x'), '\ufffd')
  t.end()
})
