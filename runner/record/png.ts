import { crc32, deflateSync } from 'node:zlib'
import type { Picture } from '../console/screen/picture.js'

const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')

/** A picture as a PNG of eight bits a channel, without alpha (W3C Portable Network Graphics, third edition). */
export function encodePng({ width, height, rgb }: Picture): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  // Bits a channel; 2 is colour; compression, filter method and interlacing are 0.
  header.set([8, 2, 0, 0, 0], 8)
  const line = 3 * width
  // Each line has the type of its filter before it: 0, none.
  const lines = Buffer.alloc(height * (1 + line))
  for (let y = 0; y < height; y++) rgb.copy(lines, y * (1 + line) + 1, y * line, (y + 1) * line)
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(lines)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const content = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, crc] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  crc.writeUInt32BE(crc32(content))
  return Buffer.concat([length, content, crc])
}
