import type { RegisterName, Registers } from '../cpuid/leaf.js'
import type { LeafLookup } from './facts.js'
import type { Interfaces } from './interface.js'

/** Who defines interfaces: a hypervisor, all of them in common, or the hardware platform. */
export interface Owner {
  /** The short name that interfaces and scenarios have for it. */
  readonly name: string
  readonly interfaces: Interfaces
  /** Which lines of the kernel's log a record keeps for what they tell of its interfaces and drivers. */
  readonly telling: readonly RegExp[]
}

/** All that guise knows of a hypervisor. */
export interface Hypervisor extends Owner {
  /** How released kernels name it: `name` in its struct hypervisor_x86. */
  readonly title: string
  /** What of a kernel's words means it: the names that it has behind `Hypervisor detected: `, and in the paravirt banner. */
  readonly namedBy: readonly RegExp[]
  /** The signature of its base; EBX, ECX, EDX. */
  readonly signature: string
  readonly block: HypervisorBlock
  /** The names of the bits of its leaves. */
  readonly bits?: BitNames
  readonly probe: Probe
  /** The Kconfig symbols without which a kernel does not probe for it. */
  readonly symbols: readonly string[]
  /** Those of its drivers, without which it is detected all the same. */
  readonly driverSymbols?: readonly string[]
  /** What Linux' own code for it puts before its lines: pr_fmt() of its files. */
  readonly speaks: RegExp
  /** The properties of QEMU's CPUs that show its leaves, which QEMU honours under KVM alone. */
  readonly qemuProperties?: RegExp
}

/**
 * What a hypervisor shows at its base: all that Linux needs to know it, and no feature that would have the kernel reach for
 * what only a real one has behind it.
 */
export interface HypervisorBlock {
  /** The highest leaf of the block, from its base: what EAX of the base says. */
  readonly highest: number
  /** Leaves that are not zero, from the base. */
  readonly leaves?: Readonly<Record<number, Partial<Registers>>>
}

/** The names of bits by leaf from the base, register and number. */
export type BitNames = Readonly<
  Record<number, Partial<Record<RegisterName, Readonly<Record<number, string>>>>>
>

/** How Linux' `detect()` looks for a hypervisor. Most want the hypervisor bit, and return the base at which they are found. */
export interface Probe {
  /** Which bases it looks at: 0x40000000 alone, or all 256. */
  readonly bases: 'first' | 'all'
  /** Whether it does without the hypervisor bit, 0x00000001 ECX bit 31. */
  readonly withoutBit?: true
  /** The least that EAX of the base must be beyond the base. */
  readonly leastLeaves?: number
  /** Whether it returns the highest leaf in place of the base. */
  readonly returnsHighest?: true
  /** Whether it is asked under `nopv`, too: `ignore_nopv` in its struct hypervisor_x86. */
  readonly ignoresNopv?: true
  /** What it wants besides: why it returns 0, or null. `highest` is EAX of the base. */
  readonly refusal?: (leaf: LeafLookup, highest: number) => string | null
  /** By what it is found where no leaf shows it. */
  readonly besides?: string
}
