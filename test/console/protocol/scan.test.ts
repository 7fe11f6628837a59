import t from 'tap'
import { maxPayload, recordNote, sizes } from '../../../runner/console/protocol/layout.js'
import { scan } from '../../../runner/console/protocol/scan.js'
import { encodeHeader, encodeRecord, textRecord } from './encode-report.js'

const a = encodeRecord(textRecord(recordNote, 'a=GGG'), 0)
const b = encodeRecord(textRecord(recordNote, 'b=GREC'), 1)
const noise = Buffer.from('\nGRECGUISEREPG\0')

function payloads(bytes: Buffer): string[] {
  return scan(bytes).records.map(({ payload }) => payload.toString())
}

void t.test('steps over noise before, between and after records, and counts it', t => {
  const found = scan(Buffer.concat([noise, a, noise, b, noise]))
  t.strictSame(
    found.records.map(({ payload }) => payload.toString()),
    ['a=GGG', 'b=GREC'],
  )
  t.equal(found.strayBytes, 3 * noise.length)
  t.equal(found.recordBytes, a.length + b.length)
  t.equal(found.header, null)
  t.end()
})

void t.test('a damaged record costs that record alone', t => {
  const damaged = Buffer.from(a)
  damaged.writeUInt8(0, sizes.recordHeader)
  t.strictSame(payloads(Buffer.concat([damaged, b])), ['b=GREC'])
  t.end()
})

void t.test('a length that cannot be does not swallow what follows', t => {
  const damaged = Buffer.from(a)
  damaged.writeUInt32LE(0xffffffff, 12)
  t.strictSame(payloads(Buffer.concat([damaged, b])), ['b=GREC'])
  t.end()
})

void t.test('the longest payload is read, one byte more is not', t => {
  const longest = { type: recordNote, payload: Buffer.alloc(maxPayload, 'x') }
  const tooLong = { type: recordNote, payload: Buffer.alloc(maxPayload + 1, 'x') }
  t.equal(scan(encodeRecord(longest, 0)).records.length, 1)
  t.equal(scan(encodeRecord(tooLong, 0)).records.length, 0)
  t.end()
})

void t.test('memory never written to is not stray', t => {
  const header = encodeHeader({ state: 1, records: 1, bytes: a.length })
  t.equal(scan(Buffer.concat([header, a, Buffer.alloc(100)])).strayBytes, 0)
  t.equal(scan(Buffer.alloc(100)).strayBytes, 0)
  t.equal(scan(Buffer.alloc(0)).strayBytes, 0)
  t.equal(scan(Buffer.concat([a, Buffer.alloc(100), b])).strayBytes, 100)
  t.end()
})

/** What looks like the header of a long record, every 16 bytes. */
function looksLikeRecords(bytes: number): Buffer {
  const header = Buffer.alloc(sizes.recordHeader)
  header.write('GREC')
  header.writeUInt32LE(maxPayload - 1, 12)
  return Buffer.alloc(bytes, header)
}

void t.test('headers without records cost no more than some times the size of all', t => {
  // The largest that a guest has, that of 256 vCPUs. Each MiB took a minute before.
  const bytes = looksLikeRecords(0x800000)
  const found = scan(Buffer.concat([a, bytes, b]))
  t.ok(found.gaveUp)
  t.ok(found.wastedBytes <= 9 * bytes.length, `${found.wastedBytes}`)
  t.equal(found.records.length, 1, 'what came before them is read')
  t.end()
})

void t.test('some of them hide no record that follows', t => {
  const bytes = looksLikeRecords(4 * maxPayload).subarray(-32 * sizes.recordHeader)
  const found = scan(Buffer.concat([bytes, a, Buffer.alloc(maxPayload), b]))
  t.strictSame([found.records.length, found.gaveUp], [2, false])
  t.end()
})
