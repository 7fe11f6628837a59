import type { WindowSize } from '../../terminal/window-size.js'

/** What the guest of a shell is for. */
export interface ShellPurpose {
  /** The scenario's name, for the prompt. */
  readonly name: string
  /** The kind of the user's terminal, as `TERM` has it. */
  readonly term: string
  /** Of the user's terminal; null where there is none. */
  readonly size: WindowSize | null
  /** What is run with `sh -c`; null for a shell on the console. */
  readonly command: string | null
  /** Which leaves the command `cpuid` takes beyond the usual ones, as `encodeRequest()` writes them. */
  readonly request: Uint8Array
}
