import { Document, isScalar, parseAllDocuments, visit } from 'yaml'
import { Family } from './inherit.js'

// What is written in hexadecimal.
const hexadecimal: readonly unknown[] = ['leaf', 'eax', 'ebx', 'ecx', 'edx', 'base', 'range']

/** The YAML text of a scenario that is like another one, with all that it has of that; null where the text has none of that name. */
export function mergedText(text: string, name: string): string | null {
  const family = new Family()
  const parsed = parseAllDocuments(text)
  for (const yaml of Array.isArray(parsed) ? parsed : []) {
    const document = family.complete(yaml.toJS())?.document as Record<string, unknown> | undefined
    if (document?.name === name) return stringifyScenario(document)
  }
  return null
}

function stringifyScenario({ name, like, summary, ...rest }: Record<string, unknown>): string {
  const document = new Document({ name, ...(like === undefined ? {} : { like }), summary, ...rest })
  visit(document, {
    Pair: (_, { key, value }) => {
      if (!isScalar(key) || !hexadecimal.includes(key.value)) return
      visit(value as Document, {
        Scalar: (_, scalar) => {
          if (typeof scalar.value === 'number') scalar.format = 'HEX'
        },
      })
    },
  })
  return document.toString({ lineWidth: 0 })
}
