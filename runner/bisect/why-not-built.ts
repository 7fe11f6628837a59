import { BuildError, type InputError } from '../errors.js'

/** Why a commit has no kernel, in a sentence: the compiler's first error where it has one. */
export function whyNotBuilt(error: InputError): string {
  if (!(error instanceof BuildError)) return error.message
  const line = error.compilerLines.find(each => /error/i.test(each)) ?? error.compilerLines[0]
  return `it does not build: ${line ?? error.message}`
}
