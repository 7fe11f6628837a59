import { InputError } from '../../errors.js'
import type { RequestedLeaves } from '../../plan/requested-leaves.js'
import { crc32 } from 'node:zlib'
import {
  maxRanges,
  maxRequestedLeaves,
  offsets,
  protocolVersion,
  rangeEnumerate,
  requestMagic,
  sizes,
} from './layout.js'

/**
 * What the host lays at the start of the shared memory before the guest boots, or sends as its answer to the hello on
 * ttyS1.
 *
 * @throws InputError if there are more ranges, or more leaves in them, than a request can carry
 */
export function encodeRequest(ranges: readonly RequestedLeaves[]): Uint8Array {
  checkSize(ranges)
  const length = sizes.requestHeader + ranges.length * sizes.leafRange
  const bytes = Buffer.alloc(length + sizes.crc)
  bytes.write(requestMagic, offsets.requestHeader.magic, 'latin1')
  bytes.writeUInt32LE(protocolVersion, offsets.requestHeader.version)
  bytes.writeUInt32LE(ranges.length, offsets.requestHeader.ranges)
  ranges.forEach(({ first, last, subleaf }, index) => {
    const at = sizes.requestHeader + index * sizes.leafRange
    bytes.writeUInt32LE(first, at + offsets.leafRange.first)
    bytes.writeUInt32LE(last, at + offsets.leafRange.last)
    bytes.writeUInt32LE(subleaf ?? 0, at + offsets.leafRange.subleaf)
    bytes.writeUInt32LE(subleaf === undefined ? rangeEnumerate : 0, at + offsets.leafRange.flags)
  })
  bytes.writeUInt32LE(crc32(bytes.subarray(0, length)), length)
  return bytes
}

function checkSize(ranges: readonly RequestedLeaves[]): void {
  if (ranges.length > maxRanges) {
    throw new InputError(
      `Expected at most ${maxRanges} ranges of CPUID leaves for the guest to dump, got ${ranges.length}: join adjacent leaves into ranges.`,
    )
  }
  const leaves = ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0)
  if (leaves > maxRequestedLeaves) {
    throw new InputError(
      `Expected at most ${maxRequestedLeaves} CPUID leaves for the guest to dump beyond the usual ones, got ${leaves}: name smaller ranges.`,
    )
  }
}
