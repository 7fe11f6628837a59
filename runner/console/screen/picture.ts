/** A picture: three bytes a pixel, red, green and blue, line by line from the top, and from the left. */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly rgb: Buffer
}

/** Why there is no picture of a guest that was to show one. */
export interface Untaken {
  readonly untaken: string
}

/**
 * The most bytes that a picture may have. VMware's video has at most 2368 by 1770 pixels in QEMU, which are 12.6 MB; a guest that
 * leaves it in a mode of VGA can have more.
 */
export const mostPictureBytes = 0x1000000

// PPM as QEMU writes it: ppm_save() in its ui/ui-qmp-cmds.c. The longest number stands for more than a picture may have.
const header = /^P6\n(\d{1,5}) (\d{1,5})\n255\n/

/**
 * Reads a picture as QEMU's `screendump` writes it.
 *
 * @throws Error for what is none, or only a part of one
 */
export function parsePpm(bytes: Buffer): Picture {
  const found = header.exec(bytes.toString('latin1', 0, 20))
  if (found === null) throw new Error('QEMU wrote no picture')
  const [width, height] = [Number(found[1]), Number(found[2])]
  const rgb = bytes.subarray(found[0].length)
  if (width === 0 || height === 0 || rgb.length !== 3 * width * height) {
    throw new Error(`QEMU wrote ${rgb.length} bytes of a picture of ${width}x${height}`)
  }
  return { width, height, rgb }
}
