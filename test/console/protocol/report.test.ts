import t from 'tap'
import {
  recordCpuid,
  recordDevice,
  recordFile,
  recordKmsg,
} from '../../../runner/console/protocol/layout.js'
import { ReportBuilder } from '../../../runner/console/protocol/report.js'
import { everyRecord, goodSvga, svgaRecord, type TestRecord, textRecord } from './encode-report.js'

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
    svga: { name: '0000:00:03.0', values: goodSvga },
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

void t.test('a device answers once, and has a name on its bus', t => {
  const twice = built([svgaRecord(), svgaRecord({ id: 1 })])
  t.same(twice.unreadable, ['Record 1, of type 7, makes no sense.'])
  t.equal(twice.report.svga?.values.id, 0x90000002)
  for (const name of ['', '0000:00:03.8', '0000:00:03.0\n', '/0000:00:03.0', 'x'.repeat(30_000)]) {
    const { unreadable, report } = built([svgaRecord({}, name)])
    t.equal(unreadable.length, 1, JSON.stringify(name.slice(0, 20)))
    t.equal(report.svga, null)
  }
  const { payload, type } = svgaRecord({}, '')
  for (const length of [0, 1, payload.length - 1]) {
    t.equal(built([{ type, payload: Buffer.from(payload).subarray(0, length) }]).report.svga, null)
  }
  t.equal(built([svgaRecord({}, '10000:e1:1f.7')]).report.svga?.name, '10000:e1:1f.7')
  t.end()
})
