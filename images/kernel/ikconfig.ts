import { gunzipSync } from 'node:zlib'

const startMark = Buffer.from('IKCFG_ST')
const endMark = Buffer.from('IKCFG_ED')

/** How large a configuration can be, in bytes: compressed (some 60 KB) and as text (some 300 KB). */
const [maxCompressed, maxText] = [2 ** 22, 2 ** 25]

/**
 * The .config that CONFIG_IKCONFIG puts into a kernel: gzip between two marks (kernel/configs.c).
 *
 * @param data - the uncompressed kernel in parts of any size; of them no more is held than is needed
 */
export async function findIkconfig(data: AsyncIterable<Buffer>): Promise<string | undefined> {
  let held: Buffer = Buffer.alloc(0)
  let isInside = false
  for await (const part of data) {
    held = Buffer.concat([held, part])
    for (;;) {
      if (!isInside) {
        const start = held.indexOf(startMark)
        isInside = start !== -1
        held = isInside
          ? held.subarray(start + startMark.length)
          : held.subarray(1 - startMark.length)
        if (!isInside) break
      }
      const end = held.indexOf(endMark)
      if (end === -1 && held.length <= maxCompressed) break
      const text = end === -1 ? undefined : gunzipped(held.subarray(0, end))
      if (text !== undefined) return text
      // The mark is also in the program that looks for it: on behind it.
      isInside = false
    }
  }
  return undefined
}

function gunzipped(bytes: Buffer): string | undefined {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxText }).toString()
  } catch {
    return undefined
  }
}
