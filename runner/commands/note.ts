/** Says what is being waited for on stderr, where it is no part of the result. */
export function noteOnStderr(text: string): void {
  process.stderr.write(`guise: ${text}\n`)
}
