import t from 'tap'
import { parsePpm } from '../../../runner/console/screen/picture.js'

const parsed = (head: string, bytes = 0) =>
  parsePpm(Buffer.concat([Buffer.from(head, 'latin1'), Buffer.alloc(bytes, 7)]))

t.test('a picture is read as QEMU writes it', t => {
  t.same(parsed('P6\n3 2\n255\n', 18), { width: 3, height: 2, rgb: Buffer.alloc(18, 7) })
  t.equal(parsed('P6\n2368 1770\n255\n', 3 * 2368 * 1770).width, 2368)
  t.end()
})

t.test('what is none, or a part of one, is refused', t => {
  for (const head of ['', 'P6\n', 'P5\n3 2\n255\n', 'P6\n3 2\n65535\n', 'P6 3 2 255\n']) {
    t.throws(() => parsed(head, 18), /QEMU wrote no picture/, JSON.stringify(head))
  }
  for (const head of [
    'P6\n-3 2\n255\n',
    'P6\n999999 2\n255\n',
    '#\nP6\n3 2\n255\n',
    '\0'.repeat(99),
  ])
    t.throws(() => parsed(head, 18), /QEMU wrote no picture/, JSON.stringify(head))
  t.throws(() => parsed('P6\n3 2\n255\n', 17), /wrote 17 bytes of a picture of 3x2/)
  t.throws(() => parsed('P6\n3 2\n255\n', 19), /wrote 19 bytes/)
  t.throws(() => parsed('P6\n99999 99999\n255\n', 19), /of a picture of 99999x99999/)
  t.throws(() => parsed('P6\n0 0\n255\n'), /of a picture of 0x0/, 'nothing to compare')
  t.end()
})
