import * as z from 'zod'
import { parseRange, rangeGrammar } from './kernel-version.js'
import { signatureLength } from '../cpuid/signature.js'
import { quote } from '../terminal/printable.js'
import { nearest } from './nearest.js'

// Every message of a refinement is the text of what was expected; parse.ts adds where, and what stands there.

/** A register, a leaf or a subleaf. */
export const uint32 = z
  .int('a whole number from 0 to 0xffffffff')
  .min(0, { error: 'a whole number from 0 to 0xffffffff', abort: true })
  .max(0xffffffff, { error: 'a whole number from 0 to 0xffffffff', abort: true })

/** The name of a scenario, which is part of the names of files: one may have 255 bytes (NAME_MAX of limits.h). */
export const scenarioName = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'a name of lower-case words joined by hyphens')
  .max(100, 'a name of at most 100 characters')

/** An object of the fields of `shape` and no others; its messages name them. */
export function mapping<Shape extends z.ZodRawShape>(shape: Shape) {
  const fields = Object.keys(shape)
  return z.strictObject(shape, {
    error: issue =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map(key => unknownField(key, fields)).join('\n')
        : `a mapping with one of the fields ${fields.join(', ')}`,
  })
}

/** A line for each unknown field. */
function unknownField(name: string, fields: readonly string[]): string {
  const near = nearest(name, fields)
  const hint =
    near.length > 0
      ? `did you mean ${near.map(field => `\`${field}\``).join(' or ')}?`
      : `expected one of the fields ${fields.join(', ')}`
  return `unknown field ${quote(name)}; ${hint}`
}

/** A text that says something; its message names what. */
export const text = (what: string) => z.string(what).min(1, what)

/** A signature of up to twelve characters, and of at least so many. */
export const signature = (what: string, least = 1) =>
  z.string(what).regex(new RegExp(`^[\\x01-\\xff]{${least},${signatureLength}}$`), what)

/** A range of versions. A string always: unquoted, YAML reads 5.10 as the number 5.1. */
export const versionRange = z
  .string(`in quotes, ${rangeGrammar}`)
  .refine(value => parseRange(value) !== null, rangeGrammar)
  .describe(rangeGrammar)

const property = z.union([z.boolean(), z.string(), z.number()], 'true, false, a number or a string')
/** Properties of a QEMU object by their names. */
export const properties = (what: string) =>
  z
    .record(
      z.string().regex(/^[a-z0-9][a-z0-9_.-]*$/i, `the name of a QEMU ${what} property`),
      property,
    )
    .default({})
