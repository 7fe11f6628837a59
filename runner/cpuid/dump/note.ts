/** What makes a dump unusable: a leaf that was lost in silence would be a lie. */
export interface DumpProblem {
  /** Counted from 1; null where the file as a whole is no dump. */
  readonly line: number | null
  readonly expected: string
  /** The line, as it stands there; null without one. */
  readonly text: string | null
}

/** What a dump holds besides its leaves, and what was made of it. */
export type DumpNote =
  /** Lines that are no leaves: the first of them, and how many more there are. */
  | {
      readonly kind: 'foreign'
      readonly line: number
      readonly text: string
      readonly more: number
    }
  /** A CPU is listed once more, from this line on; of the leaves that differ the first listing counts. */
  | {
      readonly kind: 'again'
      readonly line: number
      readonly cpu: number
      readonly differing: readonly number[]
    }
  /** A heading without a leaf below it. */
  | { readonly kind: 'empty'; readonly line: number; readonly cpu: number | null }
