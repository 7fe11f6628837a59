import type { BuildConfigOptions } from './build-options.js'
import type { GuestOptions } from './run-options.js'

/** How a comparison may be written. */
export const compareFormats = ['text', 'json', 'markdown'] as const

/** The options of `guise compare`, as commander gives them. */
export interface CompareOptions extends GuestOptions, BuildConfigOptions {
  readonly format: (typeof compareFormats)[number]
  /** The repository of which both sides are revisions. */
  readonly tree?: string
  /** What is the same is named, too. */
  readonly all?: true
}
