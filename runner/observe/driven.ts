import type { SvgaAnswers, SvgaField } from '../console/protocol/svga-record.js'
import type { Picture, Untaken } from '../console/screen/picture.js'
import { hex32 } from '../cpuid/leaf.js'
import type { DrivenFacts } from '../hypervisors/driven-facts.js'
import { compareWithDrawn } from './drawn-picture.js'

/**
 * What came of the devices that the guest's init drove.
 *
 * @param answers - null where it drove none
 * @param problems - what the guest could not do, a sentence each
 * @param shown - what was to be seen from outside; null where nobody looked
 */
export function drivenFacts(
  answers: SvgaAnswers | null,
  problems: readonly string[],
  shown: Picture | Untaken | null,
): DrivenFacts[] {
  if (answers === null) return []
  const value = (field: SvgaField) => answers.values[field]
  const hex = (field: SvgaField) => hex32(value(field))
  return [
    {
      device: 'vmware-svga',
      at: `pci ${answers.name}`,
      answers: {
        id: hex('id'),
        capabilities: hex('capabilities'),
        maxWidth: value('max_width'),
        maxHeight: value('max_height'),
        framebufferBytes: value('framebuffer_size'),
        fifoBytes: value('fifo_size'),
        width: value('width'),
        height: value('height'),
        bitsPerPixel: value('bits_per_pixel'),
        redMask: hex('red_mask'),
        greenMask: hex('green_mask'),
        blueMask: hex('blue_mask'),
        bytesPerLine: value('bytes_per_line'),
        framebufferOffset: value('framebuffer_offset'),
        fifoNext: value('fifo_next'),
        fifoStop: value('fifo_stop'),
      },
      drawn: value('drawn') === 1,
      gaveUp: problems.map(problem => reason.exec(problem)?.[1]).find(Boolean) ?? null,
      ...compared(shown),
    },
  ]
}

// The problem of drive_vmware_svga() in guest/vmware-svga.c, as report.ts makes a sentence of it.
const reason = /^The guest reports: vmware-svga: (.*)\.$/

function compared(shown: Picture | Untaken | null): Pick<DrivenFacts, 'picture' | 'untaken'> {
  if (shown === null) return { picture: null, untaken: 'nobody took one' }
  if ('untaken' in shown) return { picture: null, untaken: shown.untaken }
  return { picture: compareWithDrawn(shown), untaken: null }
}
