import t from 'tap'
import { encodeFrame, FrameDecoder } from '../../../runner/launch/nested/frame.js'

const frames = [
  { type: 1, payload: Buffer.alloc(0) },
  { type: 68, payload: Buffer.from('hello') },
  { type: 70, payload: Buffer.alloc(300_000, 'x') },
  { type: 71, payload: Buffer.from([0, 0, 0, 0, 1, 0, 0, 0]) },
]
const stream = Buffer.concat(frames.map(({ type, payload }) => encodeFrame(type, payload)))

t.test('a frame is its type, its length and its payload, little-endian', t => {
  t.same(
    encodeFrame(0x44, Buffer.from('ab'), Buffer.from('c')),
    Buffer.from('\x44\0\0\0\x03\0\0\0abc'),
  )
  t.end()
})

for (const step of [1, 7, 8, 9, 4096, stream.length]) {
  t.test(`frames come out of a stream in pieces of ${step} bytes`, t => {
    const decoder = new FrameDecoder()
    const found = []
    for (let at = 0; at < stream.length; at += step) {
      found.push(...decoder.push(stream.subarray(at, at + step)))
    }
    t.same(found, frames)
    t.end()
  })
}

t.test('nothing comes before a frame is whole', t => {
  const decoder = new FrameDecoder()
  t.same(decoder.push(encodeFrame(2, Buffer.from('abc')).subarray(0, -1)), [])
  t.same(decoder.push(Buffer.from('c')), [{ type: 2, payload: Buffer.from('abc') }])
  t.end()
})

t.test('a stream of something else is refused instead of waited for', t => {
  t.throws(() => new FrameDecoder().push(Buffer.from('KERNEL PANIC')), RangeError)
  t.end()
})
