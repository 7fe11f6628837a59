import { gunzipSync } from 'node:zlib'

/**
 * The .config that CONFIG_IKCONFIG puts into a kernel: gzip between two marks (kernel/configs.c).
 *
 * @param data - the uncompressed kernel, or a part of it
 */
export function findIkconfig(data: Buffer): string | undefined {
  const start = data.indexOf('IKCFG_ST\x1f\x8b', 0, 'latin1')
  const end = data.indexOf('IKCFG_ED', start)
  if (start === -1 || end === -1) return undefined
  try {
    return gunzipSync(data.subarray(start + 8, end)).toString()
  } catch {
    return undefined
  }
}
