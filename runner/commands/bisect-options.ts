import type { BuildConfigOptions } from './build-options.js'
import type { GuestOptions } from './run-options.js'

/** The options of `guise bisect`, as commander gives them. */
export interface BisectOptions extends GuestOptions, BuildConfigOptions {
  readonly good: string
  readonly bad: string
  /** The repository; without it both ends are packaged kernels. */
  readonly tree?: string
  readonly until?: string[]
  /** What was found out before does not count. */
  readonly restart?: true
}
