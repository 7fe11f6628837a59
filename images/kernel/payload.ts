import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { execa } from 'execa'

const inflate = promisify(gunzip)

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

/** An uncompressed kernel is some 50 MB; no one needs more than this. */
const maxKernelSize = 2 ** 30

/**
 * Decompresses the kernel inside a bzImage. Where that cannot be done (the format's command is not installed, the data is
 * damaged) the answer is undefined, for a kernel boots without guise knowing its inside.
 */
export async function decompressPayload(payload: Buffer): Promise<Buffer | undefined> {
  try {
    if (payload.readUInt16BE(0) === 0x1f8b)
      return await inflate(payload, { maxOutputLength: maxKernelSize })
    const format = formats.find(({ magic }) =>
      magic.every((byte, index) => payload[index] === byte),
    )
    if (format === undefined) return undefined
    const [command, ...args] = format.command
    const { stdout } = await execa(command, args, {
      // The build appends the uncompressed size, which the decompressors take for damage (size_append in Makefile.lib).
      input: payload.subarray(0, -4),
      encoding: 'buffer',
      maxBuffer: maxKernelSize,
    })
    return Buffer.from(stdout)
  } catch {
    return undefined
  }
}
