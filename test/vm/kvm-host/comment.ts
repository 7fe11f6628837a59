import type { Test } from 'tap'

/** Writes lines as comments of a test's TAP, as they come. */
export function commentOn(t: Test): (line: string) => void {
  return line => {
    t.comment(line)
  }
}
