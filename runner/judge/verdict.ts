/** What a scenario's run comes to. */
export const verdicts = ['pass', 'fail', 'skip', 'error'] as const

/** See {@link verdicts}. */
export type Verdict = (typeof verdicts)[number]

/** The fields of an expectation that can be unmet, as a scenario's file names them. */
export type UnmetField =
  | 'outcome'
  | 'died-in'
  | 'stuck-in'
  | 'hypervisor'
  | 'paravirt'
  | 'sysfs-type'
  | 'clocksource.settled'
  | 'clocksource.current'
  | 'clocksource.includes'
  | 'clocksource.excludes'
  | 'offers'
  | 'adopts'
  | 'rejects'
  | 'drivers'
  | `cpu.${string}`
  | 'flags.has'
  | 'flags.lacks'
  | 'bugs.has'
  | 'bugs.lacks'
  | 'bugs.is'
  | `vulnerabilities.${string}`
  | `topology.${string}`
  | 'caches'
  | `tsc.${string}`
  | 'breaks'
  | 'log.has'
  | 'log.lacks'

/** One item of an expectation that a guest did not meet. `formatUnmet()` makes a sentence of it. */
export interface Unmet {
  readonly field: UnmetField
  /** The item as it was expected: a name, an interface's id, a pattern. */
  readonly want: string
  /** What there was in its place, such as `none`. */
  readonly got: string
  /** The place in the list of the item that expects it, where that is no text; of a driver its name, too. */
  readonly expected?: { readonly driver?: string; readonly index: number }
}

/** A verdict and its reasons, a sentence each; a pass may have none. */
export interface Judgement {
  readonly verdict: Verdict
  readonly why: readonly string[]
  /** The parts of the expectation that were not met, if that is the reason. */
  readonly unmet?: readonly Unmet[]
}
