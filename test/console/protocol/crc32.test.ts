import t from 'tap'
import { crc32 } from '../../../runner/console/protocol/crc32.js'

void t.test('gives the known check value', t => {
  t.equal(crc32(Buffer.from('123456789')), 0xcbf43926)
  t.equal(crc32(Buffer.alloc(0)), 0)
  t.end()
})
