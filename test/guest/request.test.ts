import t from 'tap'
import { crc32 } from 'node:zlib'
import { encodeRequest } from '../../runner/console/protocol/request.js'
import { temporaryFolder } from '../../runner/temporary-folder.js'
import { buildDriver } from './driver.js'

const folder = await temporaryFolder('guest-request')
t.teardown(() => folder[Symbol.asyncDispose]())
const driver = await buildDriver(folder.path)
const decode = async (bytes: Uint8Array) => (await driver(['request'], bytes)).toString()

const request = Buffer.from(
  encodeRequest([
    { first: 0x40000080, last: 0x40000082 },
    { first: 0xffffffff, last: 0xffffffff, subleaf: 0xfffffffe },
  ]),
)

await t.test('a request is read as the host wrote it, wherever it stands', async t => {
  const expected = '1 received\n40000080 40000082 0 1\nffffffff ffffffff fffffffe 0\n'
  t.equal(await decode(request), expected)
  t.equal(
    await decode(Buffer.concat([Buffer.from('GUISE noise'), request, Buffer.alloc(9)])),
    expected,
  )
  t.equal(await decode(encodeRequest([])), '1 received\n')
  const most = Array.from({ length: 254 }, (_, leaf) => ({ first: leaf, last: leaf }))
  t.equal((await decode(encodeRequest(most))).split('\n').length, 256)
})

await t.test('one that is not whole is taken as none of it', async t => {
  t.equal(await decode(Buffer.alloc(0)), '0 none\n')
  t.equal(await decode(Buffer.alloc(64)), '0 none\n')
  for (let size = 8; size < request.length; size++)
    t.equal(await decode(request.subarray(0, size)), '0 damaged\n', `${size} bytes`)
})

await t.test('one that is damaged, or of another version, is refused', async t => {
  for (const at of [8, 12, 13, 15, 20, request.length - 1]) {
    const damaged = Buffer.from(request)
    damaged.writeUInt8(damaged.readUInt8(at) ^ 0x80, at)
    t.equal(await decode(damaged), '0 damaged\n', `byte ${at}`)
  }
  // With a CRC that holds: the count alone leads out of the request.
  const endless = Buffer.alloc(16 + 4)
  request.copy(endless, 0, 0, 8)
  endless.writeUInt32LE(1, 8)
  endless.writeUInt32LE(0xffffffff, 12)
  endless.writeUInt32LE(crc32(endless.subarray(0, 16)), 16)
  t.equal(await decode(endless), '0 damaged\n')
  // One range more than there is room for, and all of it there.
  const signedSize = 16 + 255 * 16
  const long = Buffer.alloc(signedSize + 4)
  request.copy(long, 0, 0, 12)
  long.writeUInt32LE(255, 12)
  long.writeUInt32LE(crc32(long.subarray(0, signedSize)), signedSize)
  t.equal(await decode(long), '0 damaged\n')
})
