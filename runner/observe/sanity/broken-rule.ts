import type { SanityRule } from '../../scenario/sanity-rule.js'

/** A rule of any sane kernel that one broke, and what shows it. */
export interface BrokenRule {
  readonly rule: SanityRule
  /** The kernel's line, or what does not agree, in a few words. */
  readonly shown: string
  /**
   * Whether it may well be the scenario's doing: the kernel warns of what it finds, and that is the scenario's own
   * leaves. Then it is told, and no failure unless the scenario says what it expects.
   */
  readonly mayBeAsked: boolean
}
