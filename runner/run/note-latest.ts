import { linkLatest } from '../record/run-history.js'

/** Links `latest` to the run; its results lie where they lie, so that a link which can't be made is only told. */
export function noteLatest(output: string, onNote: (text: string) => void): void {
  try {
    linkLatest(output)
  } catch (error) {
    onNote(`\`latest\` is not this run: ${(error as Error).message}`)
  }
}
