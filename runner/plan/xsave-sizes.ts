import { type Executable, hasBit } from '../cpuid/executable.js'
import type { RegisterName } from '../cpuid/leaf.js'
import type { LeafEdit } from '../cpuid/leaf-edit.js'

/** How many bytes an XSAVE area takes: as XSAVE lays it out, and as XSAVEC and XSAVES do. */
export interface XsaveSizes {
  readonly standard: number
  readonly compacted: number
}

/** The legacy region and the header (Intel SDM vol. 1, 13.4). */
const smallest = 576

/** The components of XSAVE that edits show: the bits of XCR0 that leaf 0xd tells of, and those of XSS. */
export function shownComponents(edits: readonly LeafEdit[]): {
  user: number[]
  supervisor: number[]
} {
  return {
    user: [...bitsOf(edits, 0, 'eax', 0), ...bitsOf(edits, 0, 'edx', 32)],
    supervisor: [...bitsOf(edits, 1, 'ecx', 0), ...bitsOf(edits, 1, 'edx', 32)],
  }
}

/**
 * The sizes of an area with all components that edits show but for some: as leaf 0xd has them when every component is enabled.
 *
 * @param isDenied - of a component's bit
 */
export function keptSizes(
  edits: readonly LeafEdit[],
  executable: Executable,
  isDenied: (bit: number) => boolean,
): XsaveSizes {
  const { user, supervisor } = shownComponents(edits)
  const kept = (bits: readonly number[]) => bits.filter(bit => bit > 1 && !isDenied(bit))
  const areas = kept(user).map(bit => areaOf(bit, edits, executable))
  const all = [...new Set([...kept(user), ...kept(supervisor)])].sort((a, b) => a - b)
  return {
    standard: Math.max(smallest, ...areas.map(({ size, offset }) => size + offset)),
    compacted: all
      .map(bit => areaOf(bit, edits, executable))
      .reduce(
        (end, { size, aligned }) => (aligned ? Math.ceil(end / 64) * 64 : end) + size,
        smallest,
      ),
  }
}

function areaOf(
  bit: number,
  edits: readonly LeafEdit[],
  executable: Executable,
): { size: number; offset: number; aligned: boolean } {
  const shown = edits.find(({ leaf, subleaf }) => leaf === 0xd && subleaf === bit)?.registers
  const aligned = hasBit(shown?.ecx.set ?? 0, 1)
  if (shown?.eax.keep === 0) return { size: shown.eax.set, offset: shown.ebx.set, aligned }
  return { ...(executable.component(bit) ?? { size: 0, offset: 0 }), aligned }
}

function bitsOf(
  edits: readonly LeafEdit[],
  subleaf: number,
  register: RegisterName,
  first: number,
): number[] {
  const edit = edits.find(
    each => each.leaf === 0xd && (each.subleaf ?? 0) === subleaf && each.registers !== null,
  )
  const value = edit?.registers?.[register].set ?? 0
  return Array.from({ length: 32 }, (_, bit) => bit)
    .filter(bit => hasBit(value, bit))
    .map(bit => bit + first)
}
