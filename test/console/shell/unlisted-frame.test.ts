import t from 'tap'
import { FrameReader } from '../../../runner/console/shell/frames.js'

const words = (...numbers: number[]) => Buffer.from(Uint32Array.from(numbers).buffer)
const hello = words(16, 4, 1)

t.test(
  'a frame that guest/shell/PROTOCOL.md does not list, or lists for the other way, is an error',
  t => {
    for (const type of [0, 1, 2, 15, 21]) {
      const reader = new FrameReader()
      reader.feed(hello)
      t.throws(() => reader.feed(words(type, 0)), {
        message: `the guest sent a frame of type ${type}`,
      })
    }
    for (const type of [17, 18, 19, 20]) {
      const reader = new FrameReader()
      reader.feed(hello)
      t.equal(reader.feed(words(type, 0)).length, 1)
    }
    t.end()
  },
)
