import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32, inflateSync } from 'node:zlib'
import t from 'tap'
import { keepPicture } from '../../runner/record/picture.js'
import { encodePng } from '../../runner/record/png.js'

/** The chunks of a PNG: the type and the data of each. */
function chunksOf(png: Buffer): [type: string, data: Buffer][] {
  const chunks: [string, Buffer][] = []
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at)
    const content = png.subarray(at + 4, at + 8 + length)
    t.equal(png.readUInt32BE(at + 8 + length), crc32(content), 'its CRC')
    chunks.push([content.toString('latin1', 0, 4), content.subarray(4)])
    at += 12 + length
  }
  return chunks
}

t.test('a PNG has each pixel where it was', t => {
  const rgb = Buffer.from('abcdefghijklmnopqr')
  const png = encodePng({ width: 3, height: 2, rgb })
  t.equal(png.toString('latin1', 0, 8), '\x89PNG\r\n\x1a\n')
  const [[head, header], [body, data], ...rest] = chunksOf(png) as [
    [string, Buffer],
    [string, Buffer],
  ]
  t.same([head, body, rest], ['IHDR', 'IDAT', [['IEND', Buffer.alloc(0)]]])
  t.same([...header], [0, 0, 0, 3, 0, 0, 0, 2, 8, 2, 0, 0, 0])
  t.equal(inflateSync(data).toString('latin1'), '\0abcdefghi\0jklmnopqr')
  t.end()
})

t.test('it is kept beside the console, where there is one', t => {
  const folder = t.testdir()
  const picture = { width: 1, height: 1, rgb: Buffer.from('rgb') }
  const path = keepPicture(folder, 'kvm', picture)
  t.equal(path, join(folder, 'kvm.png'))
  t.ok(readFileSync(join(folder, 'kvm.png')).equals(encodePng(picture)))
  t.equal(keepPicture(folder, 'other', null), null)
  t.equal(keepPicture(folder, 'other', { untaken: 'no surface' }), null)
  t.notOk(existsSync(join(folder, 'other.png')))
  t.end()
})
