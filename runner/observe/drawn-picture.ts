import { pictureHeight, pictureWidth } from '../console/protocol/layout.js'
import type { Picture } from '../console/screen/picture.js'
import type { DrivenFacts } from '../hypervisors/driven-facts.js'

/** A block of one colour, 0xRRGGBB; `x` and `y` are those of its upper left corner. */
interface Block {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly colour: number
}

/** The blocks of the picture, as guest/PROTOCOL.md lists them; guest/picture.c has them, too, and a test compares each pixel. */
const blocks: readonly Block[] = [
  { x: 16, y: 16, width: 64, height: 32, colour: 0xff0000 },
  { x: 96, y: 24, width: 48, height: 48, colour: 0x00ff00 },
  { x: 160, y: 40, width: 32, height: 96, colour: 0x0000ff },
  { x: 224, y: 16, width: 80, height: 8, colour: 0xffffff },
  { x: 208, y: 144, width: 96, height: 40, colour: 0x000000 },
  { x: 319, y: 0, width: 1, height: 1, colour: 0xffff00 },
]

/** A pixel of the picture that the guest draws, 0xRRGGBB. */
export function drawnPixel(x: number, y: number): number {
  const block = blocks.find(
    each => x >= each.x && x < each.x + each.width && y >= each.y && y < each.y + each.height,
  )
  if (block !== undefined) return block.colour
  const red = Math.trunc((x * 255) / (pictureWidth - 1))
  const green = Math.trunc((y * 255) / (pictureHeight - 1))
  return (red << 16) | (green << 8) | 0x40
}

type Compared = NonNullable<DrivenFacts['picture']>

/** Compares a picture with what was drawn, pixel by pixel. */
export function compareWithDrawn({ width, height, rgb }: Picture): Compared {
  if (width !== pictureWidth || height !== pictureHeight) {
    return { width, height, differing: width * height, first: null }
  }
  let differing = 0
  let first: Compared['first'] = null
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [drawn, got] = [drawnPixel(x, y), rgb.readUIntBE(3 * (y * width + x), 3)]
      if (drawn === got) continue
      differing += 1
      first ??= { x, y, drawn: inWords(drawn), got: inWords(got) }
    }
  }
  return { width, height, differing, first }
}

function inWords(colour: number): string {
  return `#${colour.toString(16).padStart(6, '0')}`
}
