import { join } from 'node:path'
import { execa } from 'execa'
import t from 'tap'
import { reportOffset } from '../../runner/console/protocol/layout.js'
import { parseReport } from '../../runner/console/protocol/parse-report.js'
import { packageRoot } from '../../runner/paths.js'
import { temporaryFolder } from '../../runner/temporary-folder.js'

const folder = await temporaryFolder('guest-svga')
t.teardown(() => folder[Symbol.asyncDispose]())
const guest = join(packageRoot, 'guest')
const program = join(folder.path, 'svga')
await execa('gcc', [
  ...['-std=gnu11', '-O1', '-Wall', '-Wextra', '-Werror', '-I', guest, '-o', program],
  ...['-fsanitize=address,undefined', '-fno-sanitize-recover'],
  '-Wl,--wrap=pread,--wrap=pwrite,--wrap=read_text',
  join(packageRoot, 'test', 'guest', 'svga.c'),
  ...['crc32.c', 'picture.c', 'report.c', 'text.c', 'vmware-svga.c'].map(name => join(guest, name)),
])

/** What the guest reports of a device of this way, and whether that shows the picture. */
async function driven(way: string) {
  const { stdout } = await execa(program, [way], { encoding: 'buffer', stripFinalNewline: false })
  const bytes = Buffer.from(stdout)
  const memory = Buffer.concat([Buffer.alloc(reportOffset), bytes.subarray(1)])
  const { svga, problems, complete } = parseReport('shared-memory', memory)
  t.ok(complete)
  return { svga, shows: bytes[0] === 1, problems }
}

t.test('a device that does what it is told shows the picture, and has answered', async t => {
  const { svga, shows, problems } = await driven('good')
  t.same(problems, [])
  t.ok(shows)
  t.same(svga, {
    name: '0000:00:03.0',
    values: {
      id: 0x90000002,
      capabilities: 3,
      max_width: 2368,
      max_height: 1770,
      framebuffer_size: 0x100000,
      fifo_size: 0x10000,
      width: 320,
      height: 200,
      bits_per_pixel: 32,
      red_mask: 0xff0000,
      green_mask: 0xff00,
      blue_mask: 0xff,
      bytes_per_line: 1344,
      framebuffer_offset: 128,
      fifo_next: 36,
      fifo_stop: 36,
      drawn: 1,
    },
  })
})

const wrong: Record<string, string> = {
  denied: 'Operation not permitted',
  bound: 'Device or resource busy',
  unmapped: 'Cannot allocate memory',
  old: 'it does not speak version 2 of the protocol',
  small: 'it does not take the mode',
  shallow: 'it does not take the mode',
  swapped: 'its pixels are not 0xRRGGBB',
  narrow: 'its framebuffer does not hold the mode',
  odd: 'its framebuffer does not hold the mode',
  endless: 'its framebuffer does not hold the mode',
  'short-frame': 'its framebuffer does not hold the mode',
  'short-fifo': 'its FIFO is not as large as it says',
  'huge-fifo': 'its FIFO is not as large as it says',
  'no-fifo': 'it does not take the FIFO',
  busy: 'it stays busy',
  idle: 'it does not execute what is in its FIFO',
}

t.test('what a device does not do is told, and nothing is drawn beyond its memory', async t => {
  for (const [way, why] of Object.entries(wrong)) {
    const { svga, problems, shows } = await driven(way)
    t.same(problems, [`The guest reports: vmware-svga: ${why}.`], way)
    t.equal(svga?.values.drawn, 0, way)
    // One that is busy has got it all the same.
    t.equal(shows, way === 'busy', way)
  }
})

t.test('a device that is not there, and one that nobody asks for', async t => {
  t.match(await driven('absent'), {
    svga: null,
    problems: ['The guest reports: vmware-svga: No such device.'],
  })
  t.same(await driven('unasked'), { svga: null, shows: false, problems: [] })
})
