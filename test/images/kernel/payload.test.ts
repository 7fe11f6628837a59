import { spawnSync } from 'node:child_process'
import { gzipSync } from 'node:zlib'
import { execaSync } from 'execa'
import t from 'tap'
import { decompressPayload } from '../../../images/kernel/payload.js'
import { wholeOf } from './synthetic.js'

const kernel = Buffer.from('an uncompressed kernel '.repeat(1000))

t.test('gzip, which needs no command', async t => {
  t.same(await wholeOf(decompressPayload(gzipSync(kernel))), kernel)
})

// As scripts/Makefile.lib calls them, with the size appended.
const compressors = {
  xz: ['--check=crc32', '--x86', '--lzma2=dict=32MiB', '-c'],
  zstd: ['-19', '-c'],
  lz4: ['-l', '-9', '-c'],
  bzip2: ['-9', '-c'],
  lzma: ['-9', '-c'],
  lzop: ['-9', '-c'],
}

for (const [command, args] of Object.entries(compressors)) {
  const skip = spawnSync(command, ['--version']).error && `${command} is not installed`
  t.test(command, { skip: skip ?? false }, async t => {
    const { stdout } = execaSync(command, args, { input: kernel, encoding: 'buffer' })
    const size = Buffer.alloc(4)
    size.writeUInt32LE(kernel.length)
    t.same(await wholeOf(decompressPayload(Buffer.concat([stdout, size]))), kernel)
  })
}

t.test('what cannot be decompressed', async t => {
  await t.rejects(wholeOf(decompressPayload(Buffer.from('no known format'))))
  await t.rejects(wholeOf(decompressPayload(gzipSync(kernel).subarray(0, 40))))
  await t.rejects(wholeOf(decompressPayload(Buffer.from('28b52ffd0000000000000000', 'hex'))))
  await t.rejects(wholeOf(decompressPayload(Buffer.alloc(0))))
})
