import type { Look } from './evidence.js'

/** The classes of the 2008 argument: may a guest use interfaces of several hypervisors at once? */
export const interfaceClasses = ['exclusive', 'independent', 'common'] as const

/**
 * `exclusive`: of its group (the part of the id before the dot) a kernel has at most one. `independent`: coexists with any
 * other. `common`: belongs to no vendor.
 */
export type InterfaceClass = (typeof interfaceClasses)[number]

/** An interface: what it is on any machine, and what shows that it is offered or adopted. */
export interface Interface {
  readonly class: InterfaceClass
  /**
   * Whether it is part of its owner's paravirtual ABI. A kernel adopts such an interface only if that owner has won the
   * identity. A clock or a device that stands for itself is not part of it.
   */
  readonly presumesIdentity?: true
  /** Whether an exclusive interface is a mode of one device. Of several devices each may be in a mode of its own. */
  readonly ofOneDevice?: true
  /** Whether kernels may use it without a log line: if its adoption is not seen, that proves nothing. */
  readonly silent?: true
  /**
   * Whether the kernel measures it before it uses it. A busy machine disturbs such a measurement. The kernel adopts what a
   * hypervisor offers without looking at a clock.
   */
  readonly measured?: true
  /** The source of both looks: a specification, a file of Linux or QEMU. */
  readonly source: string
  /** Looks for evidence that the machine offers it, in its CPUID or its devices. */
  readonly offered: Look
  /** Looks for evidence that the kernel adopted it. */
  readonly adopted: Look
}

/** Interfaces by their ids, such as `clock.hpet`. */
export type Interfaces = Readonly<Record<`${string}.${string}`, Interface>>

/** The group that an interface belongs to: the part of its id before the dot. */
export function groupOf(id: string): string {
  return id.slice(0, id.indexOf('.'))
}

/** One of a group of which a kernel has at most one. */
export const exclusive = { class: 'exclusive' } as const

/** An interface that stands for itself, whichever the hypervisor. */
export const independent = { class: 'independent' } as const

/** An independent clock or timer that the kernel measures. */
export const measuredClock = { class: 'independent', measured: true } as const

/** An interface that belongs to no vendor. */
export const inCommon = { class: 'common' } as const

/** Part of its owner's paravirtual ABI. */
export const paravirtual = { class: 'independent', presumesIdentity: true } as const

/** Part of its owner's paravirtual ABI that kernels may use without a log line. */
export const silent = { ...paravirtual, silent: true } as const
