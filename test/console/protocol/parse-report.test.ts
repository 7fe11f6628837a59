import { isDeepStrictEqual } from 'node:util'
import t from 'tap'
import * as layout from '../../../runner/console/protocol/layout.js'
import {
  type Channel,
  hasHello,
  isComplete,
  parseReport,
  sharedMemoryFor,
} from '../../../runner/console/protocol/parse-report.js'
import {
  encodeHeader,
  encodeRecord,
  encodeSharedMemory,
  encodeStream,
  everyRecord,
} from './encode-report.js'

const whole = {
  'shared-memory': encodeSharedMemory(everyRecord),
  serial: encodeStream(everyRecord),
} satisfies Record<Channel, Buffer>
const channels = ['shared-memory', 'serial'] as const

/** Whether bytes are read as the whole report, or as one that is not complete and says why. */
function readHonestly(channel: Channel, bytes: Buffer): boolean {
  const report = parseReport(channel, bytes)
  const { problems } = report
  return report.complete
    ? isDeepStrictEqual(report, { ...parseReport(channel, whole[channel]), problems })
    : problems.length > 0
}

for (const channel of channels) {
  const bytes = whole[channel]

  void t.test(`${channel}: a whole report is complete`, t => {
    const report = parseReport(channel, bytes)
    t.ok(report.complete)
    t.ok(isComplete(channel, bytes))
    t.strictSame(report.problems, ['The guest reports: /sys: No such device.'])
    t.equal(report.files.size, 2)
    t.end()
  })

  void t.test(`${channel}: cut at any byte, it is never complete by mistake`, t => {
    const wrong: number[] = []
    for (let length = 0; length < bytes.length; length++) {
      const cut = bytes.subarray(0, length)
      // Nothing is lost with the zeros behind the records in the shared memory.
      const needed = channel === 'serial' ? bytes.length : bytes.length - 40
      const { complete } = parseReport(channel, cut)
      if (!readHonestly(channel, cut) || complete !== length >= needed) wrong.push(length)
    }
    t.strictSame(wrong, [])
    t.end()
  })

  void t.test(`${channel}: any flipped bit is noticed, or does not matter`, t => {
    const wrong: number[] = []
    const start = channel === 'serial' ? 0 : layout.reportOffset
    for (let bit = start * 8; bit < bytes.length * 8; bit++) {
      const damaged = Buffer.from(bytes)
      damaged.writeUInt8(damaged.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
      if (!readHonestly(channel, damaged)) wrong.push(bit)
    }
    t.strictSame(wrong, [])
    t.end()
  })

  void t.test(`${channel}: random bytes are never a report`, t => {
    const random = generator(20081001)
    for (let round = 0; round < 300; round++) {
      const junk = junkOf(random)
      if (parseReport(channel, junk).complete) t.fail(`round ${round} is taken for a report`)
    }
    t.end()
  })
}

void t.test('a missing record is noticed whatever the header says', t => {
  const [first, ...rest] = everyRecord.map(encodeRecord)
  const body = Buffer.concat(rest)
  const header = encodeHeader({
    state: layout.stateComplete,
    records: everyRecord.length,
    bytes: body.length + (first?.length ?? 0),
  })
  const missing = Buffer.concat([Buffer.alloc(layout.reportOffset), header, body])
  const report = parseReport('shared-memory', missing)
  t.notOk(report.complete)
  t.strictSame(
    report.problems[0],
    `1 of the report's ${everyRecord.length} records are damaged or missing.`,
  )
  t.end()
})

void t.test('a guest that died leaves what it had said', t => {
  const bytes = encodeSharedMemory(everyRecord.slice(0, 5), layout.stateRunning)
  const report = parseReport('shared-memory', bytes)
  t.notOk(report.complete)
  t.notOk(isComplete('shared-memory', bytes))
  t.strictSame(report.problems, ['The guest did not come to the end of its report.'])
  t.equal(report.cpus.length, 2)
  t.equal(report.kmsg[0]?.text, 'Hypervisor detected: KVM')
  t.end()
})

void t.test('a header caught in the middle of its update hides no record', t => {
  const bytes = Buffer.from(whole['shared-memory'])
  bytes.writeUInt32LE(7, layout.reportOffset + layout.offsets.reportHeader.records)
  const report = parseReport('shared-memory', bytes)
  t.notOk(report.complete)
  t.equal(report.problems[0], 'The report has no header.')
  t.equal(report.kmsg.length, 1)
  t.end()
})

void t.test('a report that did not fit says so', t => {
  const record = encodeRecord({ type: layout.recordNote, payload: 'a=b' }, 0)
  const bytes = Buffer.concat([
    Buffer.alloc(layout.reportOffset),
    encodeHeader({ state: layout.stateTruncated, records: 1, bytes: record.length, lost: 9 }),
    record,
  ])
  const report = parseReport('shared-memory', bytes)
  t.notOk(report.complete)
  t.notOk(isComplete('shared-memory', bytes))
  t.strictSame(report.problems, ['9 records did not fit in the shared memory after the first 1.'])
  t.end()
})

void t.test('a report of another version is not complete', t => {
  const bytes = encodeHeader({ state: layout.stateComplete, records: 0, bytes: 0, version: 2 })
  const report = parseReport('serial', bytes)
  t.notOk(report.complete)
  t.match(report.problems[0], /version 2 of the protocol, guise version 1/)
  t.end()
})

void t.test('a record that makes no sense keeps a report from being complete', t => {
  const report = parseReport('serial', encodeStream([{ type: 77, payload: 'x' }]))
  t.notOk(report.complete)
  t.strictSame(report.problems, ['Record 0, of type 77, makes no sense.'])
  t.end()
})

void t.test('a record twice is said, and counted once', t => {
  const record = encodeRecord({ type: layout.recordFile, payload: '/x\0y' }, 0)
  const end = encodeHeader({ state: layout.stateComplete, records: 1, bytes: record.length })
  const report = parseReport('serial', Buffer.concat([record, record, end]))
  t.notOk(report.complete)
  t.equal(report.files.get('/x'), 'y')
  t.strictSame(report.problems, ['The report has several records of one number.'])
  t.end()
})

void t.test('noise on the line does no harm to a whole report', t => {
  const noise = Buffer.from('SeaBIOS\r\nGREC')
  const report = parseReport('serial', Buffer.concat([noise, whole.serial, noise]))
  t.ok(report.complete)
  t.equal(report.problems[0], '26 bytes of the report belong to no record.')
  t.end()
})

void t.test('hears the hello as soon as it is whole', t => {
  const hello = whole.serial.subarray(0, layout.sizes.reportHeader)
  t.notOk(hasHello(hello.subarray(0, -1)))
  t.ok(hasHello(Buffer.concat([Buffer.from('x'), hello])))
  t.notOk(isComplete('serial', hello))
  t.end()
})

void t.test('the shared memory grows with the vCPUs', t => {
  t.equal(sharedMemoryFor(1), 0x100000)
  t.equal(sharedMemoryFor(32), 0x100000)
  t.equal(sharedMemoryFor(33), 0x200000)
  t.equal(sharedMemoryFor(255), 0x800000)
  t.end()
})

/** Numbers below 2^32 that are the same in every run (xorshift). */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}

/** Random bytes with the starts of headers and records strewn in. */
function junkOf(random: () => number): Buffer {
  const pieces = Array.from({ length: 20 }, () => {
    const bytes = Buffer.from(Array.from({ length: random() % 64 }, random))
    const starts = ['GUISEREP', 'GREC', 'GUISEREP\x01\0\0\0\x02\0\0\0', 'G']
    return Buffer.concat([Buffer.from(starts[random() % starts.length] ?? '', 'latin1'), bytes])
  })
  return Buffer.concat([Buffer.alloc(layout.reportOffset), ...pieces])
}
