import type { GuiseRecord } from '../record/schema.js'
import type { Decided } from './state.js'
import type { Answer, Target } from './target.js'

/** Where a search among commits or versions is. */
export type Position =
  /** What to try next, and about how many steps there are after it. */
  | { readonly next: string; readonly stepsLeft: number }
  | { readonly found: string }
  /** All that are left were skipped: it is one of them. */
  | { readonly suspects: readonly string[] }

/** What chooses the commits; it is told again, after an interruption, what was decided before. */
export interface Search {
  readonly start: (good: string, bad: string) => Promise<Position>
  readonly tell: (decision: Answer['decision'], id: string) => Promise<Position>
  readonly end: () => Promise<void>
}

/** What a bisection does, each done by others. */
export interface BisectMeans {
  readonly search: Search
  /** The first line of a commit's message, or what else names it to a person. */
  readonly subjectOf: (id: string) => Promise<string>
  /**
   * Makes the kernel of a commit.
   *
   * @returns its KERNEL SPEC
   * @throws InputError where that can't be done
   */
  readonly prepare: (id: string) => Promise<string>
  /** Runs the scenarios on a kernel; the records are kept in `folder`. */
  readonly boot: (kernel: string, folder: string) => Promise<readonly GuiseRecord[]>
  readonly onEvent: (event: BisectEvent) => void
}

/** What a bisection tells while it goes on. */
export type BisectEvent =
  | {
      readonly kind: 'trying'
      readonly step: number
      readonly stepsLeft: number
      readonly id: string
      readonly subject: string
      readonly leftMs: number | null
    }
  | { readonly kind: 'decided'; readonly decided: Decided; readonly again: boolean }
  | { readonly kind: 'targets'; readonly targets: readonly Target[] }
