import t from 'tap'
import {
  pictureHeight as height,
  pictureWidth as width,
} from '../../runner/console/protocol/layout.js'
import { compareWithDrawn } from '../../runner/observe/drawn-picture.js'
import { temporaryFolder } from '../../runner/temporary-folder.js'
import { buildDriver } from './driver.js'

const folder = await temporaryFolder('guest-picture')
t.teardown(() => folder[Symbol.asyncDispose]())
const driver = await buildDriver(folder.path)
const rgb = await driver(['picture'])

/** The picture whose pixel at x, y is that of the guest's at the place that is returned. */
function moved(place: (x: number, y: number) => readonly [x: number, y: number]): Buffer {
  const bytes = Buffer.alloc(rgb.length)
  for (let at = 0; at < width * height; at++) {
    const [x, y] = place(at % width, Math.trunc(at / width))
    rgb.copy(bytes, 3 * at, 3 * (y * width + x), 3 * (y * width + x + 1))
  }
  return bytes
}

/** The picture with its channels in another order. */
function channels(...order: readonly [number, number, number]): Buffer {
  return rgb.map((_, at) => rgb[at - (at % 3) + (order[at % 3] ?? 0)] ?? 0) as Buffer
}

t.test('what the guest draws is what the host compares with, to the last pixel', t => {
  t.equal(rgb.length, 3 * width * height)
  t.same(compareWithDrawn({ width, height, rgb }), { width, height, differing: 0, first: null })
  const one = Buffer.from(rgb)
  one[3 * (width * height - 1) + 2] = 0x41
  t.same(compareWithDrawn({ width, height, rgb: one }), {
    width,
    height,
    differing: 1,
    first: { x: width - 1, y: height - 1, drawn: '#ffff40', got: '#ffff41' },
  })
  t.end()
})

t.test('whatever a device may do wrong with it is seen', t => {
  const wrong: Record<string, Buffer> = {
    'red for blue': channels(2, 1, 0),
    'red for green': channels(1, 0, 2),
    'green for blue': channels(0, 2, 1),
    'upside down': moved((x, y) => [x, height - 1 - y]),
    mirrored: moved((x, y) => [width - 1 - x, y]),
    turned: moved((x, y) => [width - 1 - x, height - 1 - y]),
    'a pixel to the right': moved((x, y) => [(x + width - 1) % width, y]),
    'a line down': moved((x, y) => [x, (y + height - 1) % height]),
    'lines too short': moved((x, y) => {
      const at = Math.trunc((y * (width - 1) + x) % (width * height))
      return [at % width, Math.trunc(at / width)]
    }),
    'nothing but black': Buffer.alloc(rgb.length),
    'its lower half missing': Buffer.concat([
      rgb.subarray(0, rgb.length / 2),
      Buffer.alloc(rgb.length / 2),
    ]),
  }
  for (const [what, bytes] of Object.entries(wrong)) {
    const { differing, first } = compareWithDrawn({ width, height, rgb: bytes })
    // Of each at least a tenth of the picture.
    t.ok(differing > (width * height) / 10, `${what}: ${differing}`)
    t.not(first, null, what)
  }
  const all = { width: height, height: width, differing: width * height, first: null }
  t.same(compareWithDrawn({ width: height, height: width, rgb }), all, 'another size')
  t.end()
})
