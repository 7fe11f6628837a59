import type { SymbolTable } from '../../images/kernel/symbol-table.js'
import { type CpuState, instructionAddress } from '../console/look/cpu-state.js'
import type { GuestSample } from '../console/look/sample-guest.js'

/** Whose code it is that a CPU executes. */
export type Whereabouts = 'kernel' | 'boot code' | 'firmware'

/** The function that a CPU is in, and those that what lies on its stack may return to. */
export function chainOf({ cpu, stack }: GuestSample, symbols: SymbolTable | null): string[] {
  const own = findFunction(instructionAddress(cpu), symbols)
  const callers = stack.flatMap(word => {
    const place = isKernelAddress(word) ? (symbols?.find(word) ?? null) : null
    // Nothing returns to the beginning of a function.
    return place === null || place.offset === 0 ? [] : [place.name]
  })
  return [...(own === null ? [] : [own]), ...callers].filter(
    (name, index, all) => name !== all[index - 1],
  )
}

/** The function of the kernel at an address; null where there is none. */
export function findFunction(address: bigint, symbols: SymbolTable | null): string | null {
  const linked = isKernelAddress(address) ? address : address + startOfKernelMap
  return symbols?.find(linked)?.name ?? null
}

// Before it has page tables of its own a kernel runs where it was loaded, which is this much below (__START_KERNEL_map).
const startOfKernelMap = 0xffffffff80000000n

function isKernelAddress(address: bigint): boolean {
  return address >= startOfKernelMap
}

/** Whose code a CPU executes. */
export function whereIs(cpu: CpuState, symbols: SymbolTable | null): Whereabouts {
  const address = instructionAddress(cpu)
  if (isKernelAddress(address) && cpu.mode === 64) return 'kernel'
  if (findFunction(address, symbols) !== null && cpu.mode === 64) return 'kernel'
  // SeaBIOS lies below 1 MB, and a copy of it below 4 GB; the setup code of a bzImage, too, is 16-bit code below 640 KB.
  if (cpu.mode === 64) return 'boot code'
  return address >= 0xc0000n && (address < 0x100000n || address >= 0xfffc0000n)
    ? 'firmware'
    : 'boot code'
}
