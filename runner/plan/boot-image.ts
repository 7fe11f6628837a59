import { decodeSignature } from '../cpuid/signature.js'
import { isHypervisorLeaf } from '../cpuid/leaf.js'
import { xen } from '../hypervisors/xen.js'
import type { Plan } from './plan.js'

/** The images of a kernel that may be booted. */
export interface BootImages {
  readonly path: string
  /** The same build as a bzImage, where `path` is a vmlinux. */
  readonly bzImage: string | null
}

/**
 * Which image of a kernel a guest is booted from. QEMU starts a vmlinux by its PVH entry, and a kernel that is started there
 * and finds Xen's leaves takes itself for a PVH guest of Xen's (xen_prepare_pvh() in Linux' arch/x86/platform/pvh/enlighten.c),
 * which is another guest than the scenario's: those are booted from the bzImage.
 */
export function bootImage(
  { path, bzImage }: BootImages,
  plan: Pick<Plan, 'table' | 'scenario'>,
): string {
  return bzImage !== null && showsXen(plan) ? bzImage : path
}

function showsXen({ table, scenario }: Pick<Plan, 'table' | 'scenario'>): boolean {
  if ('xen-version' in scenario.machine.accel) return true
  return table.edits.some(({ leaf, registers }) => {
    if (registers === null || !isHypervisorLeaf(leaf)) return false
    const { ebx, ecx, edx } = registers
    const shown = { eax: 0, ebx: ebx.set, ecx: ecx.set, edx: edx.set }
    return decodeSignature(shown) === xen.signature
  })
}
