import type { Verdict } from '../../runner/judge/verdict.js'
import type { Outcome } from '../../runner/scenario/outcome.js'

/** The guests of a run that a fault is injected into, one after the other; the fault strikes the second. */
export const guests = ['first', 'struck', 'last'] as const

/** One of them. */
export type GuestName = (typeof guests)[number]

/** Something that goes wrong, and what must come of it. */
export interface Fault {
  readonly injected: string
  /** The exit status; 128 and the signal's number where a signal ends guise. */
  readonly status: number
  /** What guise must say, on stdout or stderr. */
  readonly says: RegExp
  /** In which format guise tells of the run; TAP without. */
  readonly format?: 'json'
  /** Whose records must be on the disk, and readable: theirs alone. */
  readonly records: readonly GuestName[]
  /** Whom the stream must tell of, if not of those. */
  readonly told?: readonly GuestName[]
  /** What the record of the guest says that is struck, the second if no other is named; the others pass. */
  readonly struck?: {
    readonly guest?: GuestName
    readonly verdict: Verdict
    readonly outcome: Outcome | null
  }
  /** The stream ends in the middle, since nobody reads it or guise was killed. */
  readonly streamIsCut?: true
  /** A guise that is killed can't remove its temporary folders; the next one does. */
  readonly leavesFolders?: true
}

/** Faults by a short name each. */
export type Faults = Readonly<Record<string, Fault>>
