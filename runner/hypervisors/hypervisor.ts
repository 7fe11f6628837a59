import type { RegisterName, Registers } from '../cpuid/leaf.js'
import type { LeafLookup } from './facts.js'
import type { Interfaces } from './interface.js'

/** Who defines interfaces: a hypervisor, all of them in common, or the hardware platform. */
export interface Owner {
  /** The short name that interfaces and scenarios have for it. */
  readonly name: string
  readonly interfaces: Interfaces
  /** The lines of the kernel's log that a record keeps, because they tell of its interfaces and drivers. */
  readonly telling: readonly RegExp[]
}

/** All that guise knows of a hypervisor. */
export interface Hypervisor extends Owner {
  /** How released kernels name it: `name` in its struct hypervisor_x86. */
  readonly title: string
  /** Its names in the kernel's log: behind `Hypervisor detected: `, in any version, and in the paravirt banner. */
  readonly namedBy: readonly RegExp[]
  /** The signature of its base; EBX, ECX, EDX. */
  readonly signature: string
  readonly block: HypervisorBlock
  /** Why a kernel that detects it, even without features, dies of it where nothing answers; a sentence. */
  readonly presence?: string
  /** The names of the bits of its leaves. */
  readonly bits?: BitNames
  readonly probe: Probe
  /** The Kconfig symbols without which a kernel does not probe for it. */
  readonly symbols: readonly string[]
  /** Those of its drivers, without which it is detected all the same. */
  readonly driverSymbols?: readonly string[]
  /** How lines of Linux' code for this hypervisor begin: pr_fmt() of its files. */
  readonly speaks: RegExp
  /** QEMU's CPU properties for its leaves. QEMU honours them under KVM alone. */
  readonly qemuProperties?: RegExp
}

/**
 * The leaves that a hypervisor shows at its base: enough for Linux to detect it, and no feature bit. A kernel that sees a
 * feature uses it, and only a real hypervisor answers.
 */
export interface HypervisorBlock {
  /** The highest leaf of the block, counted from its base: EAX of the base. */
  readonly highest: number
  /** The leaves that are not zero, counted from the base. */
  readonly leaves?: Readonly<Record<number, Partial<Registers>>>
}

/** The names of bits: by leaf, counted from the base, then by register and number. */
export type BitNames = Readonly<
  Record<number, Partial<Record<RegisterName, Readonly<Record<number, string>>>>>
>

/** How Linux' `detect()` looks for a hypervisor. Most require the hypervisor bit and return the base of the signature. */
export interface Probe {
  /** The bases that it looks at: 0x40000000 alone, or all 256. */
  readonly bases: 'first' | 'all'
  /** Whether it ignores the hypervisor bit, 0x00000001 ECX bit 31. */
  readonly withoutBit?: true
  /** How far EAX of the base must at least be beyond the base. */
  readonly leastLeaves?: number
  /** Whether it returns the highest leaf instead of the base. */
  readonly returnsHighest?: true
  /** Whether it also runs under `nopv`: `ignore_nopv` in its struct hypervisor_x86. */
  readonly ignoresNopv?: true
  /** Further requirements: the reason why it returns 0, or null. `highest` is EAX of the base. */
  readonly refusal?: (leaf: LeafLookup, highest: number) => string | null
  /** How it is found if no leaf shows it. */
  readonly besides?: string
}
