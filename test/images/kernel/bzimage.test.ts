import t from 'tap'
import { looksLikeBzImage, readBzImageHeader } from '../../../images/kernel/bzimage.js'
import { bzImage, debianBanner } from './synthetic.js'

t.test('the banner and the payload', t => {
  const payload = Buffer.from('a payload')
  const image = bzImage({ payload })
  t.ok(looksLikeBzImage(image))
  const header = readBzImageHeader(image, image.length)
  if (typeof header === 'string') throw new Error(header)
  t.equal(header.banner, debianBanner)
  const { payloadOffset, payloadLength } = header
  t.same(image.subarray(payloadOffset, payloadOffset + payloadLength), payload)
  t.end()
})

t.test('zero setup sectors mean four', t => {
  const image = bzImage()
  image.writeUInt8(0, 0x1f1)
  t.match(readBzImageHeader(image, image.length), { banner: debianBanner, payloadOffset: 0xb00 })
  t.end()
})

t.test('a signature behind the kernel is no matter, a missing end is', t => {
  const image = bzImage()
  t.type(readBzImageHeader(image, image.length + 1472), 'object')
  t.equal(
    readBzImageHeader(image, image.length - 16),
    `a truncated bzImage: its header states ${image.length} bytes, the file has ${image.length - 16}`,
  )
  t.match(readBzImageHeader(image.subarray(0, 0x220), 0x220), /truncated.*ends at byte 544/)
  t.end()
})

t.test('kernels that cannot run a 64-bit init', t => {
  const old = bzImage({ protocol: 0x20a })
  t.match(readBzImageHeader(old, old.length), /too old: boot protocol 2.10/)
  const small = bzImage({ xloadflags: 0 })
  t.match(readBzImageHeader(small, small.length), /32-bit kernel/)
  t.end()
})

t.test('no version', t => {
  const image = bzImage()
  image.writeUInt16LE(0, 0x20e)
  t.match(readBzImageHeader(image, image.length), /states no version/)
  image.writeUInt16LE(0xfff0, 0x20e)
  t.match(readBzImageHeader(image, image.length), /states no version/)
  t.end()
})

t.test('other files', t => {
  t.notOk(looksLikeBzImage(Buffer.alloc(0)))
  t.notOk(looksLikeBzImage(Buffer.alloc(4096)))
  const bootSector = Buffer.alloc(1024)
  bootSector.writeUInt16LE(0xaa55, 0x1fe)
  t.notOk(looksLikeBzImage(bootSector))
  t.end()
})
