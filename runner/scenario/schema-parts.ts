import * as z from 'zod'
import { signatureLength } from '../cpuid/signature.js'

// Every message of a refinement is the text of what was expected; parse.ts adds where, and what stands there.

/** A register, a leaf or a subleaf. */
export const uint32 = z
  .int('a whole number from 0 to 0xffffffff')
  .min(0, 'a whole number from 0 to 0xffffffff')
  .max(0xffffffff, 'a whole number from 0 to 0xffffffff')

/** An object of the fields of `shape` and no others; its messages name them. */
export function mapping<Shape extends z.ZodRawShape>(shape: Shape) {
  const fields = `one of the fields ${Object.keys(shape).join(', ')}`
  return z.strictObject(shape, {
    error: issue => (issue.code === 'unrecognized_keys' ? fields : `a mapping with ${fields}`),
  })
}

/** A text that says something; its message names what. */
export const text = (what: string) => z.string(what).min(1, what)

/** A signature of up to twelve characters. */
export const signature = (what: string) =>
  z.string(what).regex(new RegExp(`^[\\x01-\\xff]{1,${signatureLength}}$`), what)
