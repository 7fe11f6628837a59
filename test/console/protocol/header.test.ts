import t from 'tap'
import { findLastHeader, readHeader } from '../../../runner/console/protocol/header.js'
import { encodeHeader } from './encode-report.js'

const header = { version: 1, state: 2, records: 3, bytes: 400, lost: 5 }

void t.test('reads a header where it stands', t => {
  const bytes = Buffer.concat([Buffer.from('noise'), encodeHeader(header)])
  t.strictSame(readHeader(bytes, 5), header)
  t.equal(readHeader(bytes, 4), null)
  t.equal(readHeader(bytes.subarray(0, -1), 5), null)
  t.end()
})

void t.test('a flipped bit makes it no header', t => {
  for (let bit = 0; bit < 32 * 8; bit++) {
    const bytes = encodeHeader(header)
    bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
    if (readHeader(bytes, 0) !== null) t.fail(`bit ${bit} goes unnoticed`)
  }
  t.end()
})

void t.test('the last whole header counts', t => {
  const first = encodeHeader({ ...header, state: 1 })
  const last = encodeHeader(header)
  t.strictSame(findLastHeader(Buffer.concat([first, last])), header)
  t.strictSame(findLastHeader(Buffer.concat([first, last.subarray(0, -1)])), {
    ...header,
    state: 1,
  })
  t.equal(findLastHeader(Buffer.from('GUISEREP')), null)
  t.end()
})
