import { createGunzip } from 'node:zlib'
import { execa } from 'execa'
import { withGuise } from '../../runner/cache/child.js'
import { maxKernelSize } from './vmlinux.js'

interface Format {
  readonly magic: readonly number[]
  /** What decompresses standard input to standard output. Node has gzip only. */
  readonly command: readonly [string, ...string[]]
}

// The formats of KERNEL_GZIP and its siblings (init/Kconfig), in the form that scripts/Makefile.lib makes.
const formats: readonly Format[] = [
  { magic: [0xfd, 0x37, 0x7a, 0x58], command: ['xz', '-dc'] },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], command: ['zstd', '-dcq'] },
  { magic: [0x02, 0x21, 0x4c, 0x18], command: ['lz4', '-dcq'] },
  { magic: [0x42, 0x5a, 0x68], command: ['bzip2', '-dc'] },
  { magic: [0x5d, 0x00, 0x00], command: ['xz', '--format=lzma', '-dc'] },
  { magic: [0x89, 0x4c, 0x5a], command: ['lzop', '-dcq'] },
]

/**
 * Decompresses the kernel inside a bzImage, part by part. Where that cannot be done (the format's command is not installed, the
 * data is damaged) it throws, at once or on the way.
 */
export async function* decompressPayload(payload: Buffer): AsyncGenerator<Buffer> {
  let bytes = 0
  for await (const part of decompressed(payload)) {
    bytes += (part as Buffer).length
    if (bytes > maxKernelSize) throw new TypeError('more than a kernel')
    yield part as Buffer
  }
}

function decompressed(payload: Buffer): AsyncIterable<unknown> {
  if (payload.length >= 2 && payload.readUInt16BE(0) === 0x1f8b) {
    const inflate = createGunzip()
    inflate.end(payload)
    return inflate
  }
  const format = formats.find(({ magic }) => magic.every((byte, index) => payload[index] === byte))
  if (format === undefined) throw new TypeError('an unknown compression')
  const [command, ...args] = format.command
  // The build appends the uncompressed size, which the decompressors take for damage (size_append in Makefile.lib).
  const input = payload.subarray(0, -4)
  return execa(...withGuise(command, args), {
    input,
    encoding: 'buffer',
    buffer: false,
  }).iterable({ binary: true })
}
