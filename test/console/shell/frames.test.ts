import t from 'tap'
import {
  encodeSize,
  encodeStart,
  FrameReader,
  roomForCommand,
  statusIn,
} from '../../../runner/console/shell/frames.js'

const purpose = {
  name: 'vmware',
  term: 'xterm',
  size: { rows: 24, columns: 80 },
  request: Buffer.of(7, 8),
}

function words(...numbers: number[]): Buffer {
  return Buffer.concat(
    numbers.map(number => {
      const bytes = Buffer.alloc(4)
      bytes.writeUInt32LE(number)
      return bytes
    }),
  )
}

const hello = words(16, 4, 1)

t.test('what a guest is for', t => {
  t.same(
    encodeStart({ ...purpose, command: null }),
    Buffer.concat([
      words(1, 16 + 2 + 14, 0, 24, 80, 2),
      Buffer.of(7, 8),
      Buffer.from('vmware\0xterm\0\0'),
    ]),
  )
  t.same(
    encodeStart({ ...purpose, size: null, command: 'é' }).subarray(0, 24),
    words(1, 16 + 2 + 16, 1, 0, 0, 2),
    'no size, and a length in bytes',
  )
  t.same(encodeSize({ rows: 50, columns: 132 }), words(2, 8, 50, 132))
  t.equal(
    encodeStart({ ...purpose, command: 'x'.repeat(roomForCommand(purpose)) }).length,
    8 + 0x20000,
  )
  t.end()
})

t.test('frames behind the hello, in whatever pieces they come', t => {
  const stream = Buffer.concat([
    Buffer.from('\0\xff noise of a probe \x10', 'latin1'),
    hello,
    words(17, 3),
    Buffer.from('abc'),
    words(19, 8, 0, 7),
  ])
  for (const size of [1, 5, 1000]) {
    const reader = new FrameReader()
    const frames = []
    for (let at = 0; at < stream.length; at += size) {
      frames.push(...reader.feed(stream.subarray(at, at + size)))
    }
    t.same(
      frames.map(({ type, payload }) => [type, payload.toString('hex')]),
      [
        [16, '01000000'],
        [17, '616263'],
        [19, '0000000007000000'],
      ],
      `pieces of ${size}`,
    )
  }
  t.end()
})

t.test('a frame that no guest of guise’s sends', t => {
  const reader = new FrameReader()
  reader.feed(hello)
  t.throws(() => reader.feed(words(17, 0x4001)), { message: /a frame of 16385 bytes/ })
  t.end()
})

t.test('what comes of a command', t => {
  t.equal(statusIn(words(0, 7)), 7)
  t.equal(statusIn(words(1, 9)), 137)
  t.equal(statusIn(words(0)), null)
  t.end()
})
