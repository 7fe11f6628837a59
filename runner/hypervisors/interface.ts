import type { Look } from './evidence.js'

/** The classes of the 2008 argument: may a guest use interfaces of several hypervisors at once? */
export const interfaceClasses = ['exclusive', 'independent', 'common'] as const

/**
 * `exclusive`: of its group (the part of the id before the dot) a kernel has at most one. `independent`: coexists with any
 * other. `common`: belongs to no vendor.
 */
export type InterfaceClass = (typeof interfaceClasses)[number]

/** What is true of an interface on any machine, and how it shows. */
export interface Interface {
  readonly class: InterfaceClass
  /**
   * Whether it is a part of its owner's paravirtual ABI, which a kernel takes up only where that owner has won the identity.
   * A clock or a device that stands for itself is not.
   */
  readonly presumesIdentity?: true
  /** Whether an exclusive one is a mode of a single device, of which there may be several, each in its own. */
  readonly ofOneDevice?: true
  /** Whether kernels may use it without a word: that its adoption is not seen then says nothing. */
  readonly silent?: true
  /** Where it is laid down how it shows: a specification, a file of Linux or QEMU. */
  readonly source: string
  /** That the machine offers it, by CPUID or by the machine itself. */
  readonly offered: Look
  /** That the kernel took it up. */
  readonly adopted: Look
}

/** Interfaces by their ids, such as `clock.hpet`. */
export type Interfaces = Readonly<Record<`${string}.${string}`, Interface>>

/** The group that an interface belongs to: the part of its id before the dot. */
export function groupOf(id: string): string {
  return id.slice(0, id.indexOf('.'))
}

/** One of a group that a kernel has at most one of. */
export const exclusive = { class: 'exclusive' } as const

/** One that stands for itself, whoever the hypervisor is. */
export const independent = { class: 'independent' } as const

/** One that belongs to no vendor. */
export const inCommon = { class: 'common' } as const

/** A part of its owner's paravirtual ABI. */
export const paravirtual = { class: 'independent', presumesIdentity: true } as const

/** A part of its owner's paravirtual ABI that kernels may use without a word. */
export const silent = { ...paravirtual, silent: true } as const
