import { svgaVersion } from '../hypervisors/driven-facts.js'
import { formatPicture } from '../judge/why-not-driven.js'
import type { GuiseRecord } from '../record/schema.js'

type Driven = NonNullable<GuiseRecord['driven']>[number]

/** What the guest's init drove, what that answered, and what became of the picture; a line each. */
export function drivenLines({ driven = [], picture }: GuiseRecord): string[] {
  return driven.flatMap(each => {
    const { device, at, answers, drawn, gaveUp } = each
    return [
      `${device} (${at}), by the guest's init as user space once did, without a driver of the kernel's`,
      `  ${handshake(answers)}`,
      ...(answers.width === 0 ? [] : [`  ${mode(answers)}`]),
      drawn
        ? `  ${shown(each, picture ?? null)}`
        : `  given up: ${gaveUp ?? 'init does not say why'}`,
    ]
  })
}

function handshake(answers: Driven['answers']): string {
  const { id, capabilities, maxWidth, maxHeight, framebufferBytes, fifoBytes } = answers
  return `${svgaVersion(id)}, capabilities ${capabilities}, up to ${maxWidth}x${maxHeight}, a framebuffer of ${size(framebufferBytes)}, a FIFO of ${size(fifoBytes)}`
}

function mode({
  width,
  height,
  bitsPerPixel,
  bytesPerLine,
  fifoNext,
  fifoStop,
}: Driven['answers']) {
  const executed = fifoNext > 0 && fifoNext === fifoStop ? '; it executed its commands' : ''
  return `mode ${width}x${height}x${bitsPerPixel}, ${bytesPerLine} bytes a line${executed}`
}

function shown(driven: Driven, path: string | null): string {
  const [wrong] = formatPicture(driven)
  const where = path === null ? '' : `: ${path}`
  return `${wrong ?? 'the picture, taken from outside, is what was drawn, pixel by pixel'}${where}`
}

function size(bytes: number): string {
  const [unit, name] = bytes >= 2 ** 20 ? [2 ** 20, 'MiB'] : [2 ** 10, 'KiB']
  return `${bytes / unit} ${name}`
}
