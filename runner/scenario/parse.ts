import { type Document, LineCounter, parseAllDocuments } from 'yaml'
import type { z } from 'zod'
import { quote } from '../terminal/printable.js'
import { Family, type Inherited, nothingInherited } from './inherit.js'
import { append, type Problem } from './problem.js'
import { type ScenarioDocument, scenarioSchema } from './schema.js'
import { rangeOf } from './source-range.js'
import { findTraps, firstLine, isNestedTooDeep } from './yaml-traps.js'

/** A scenario document and where it stands. */
export interface LocatedDocument {
  readonly document: ScenarioDocument
  readonly file: string
  /** The document's own text, as written. */
  readonly text: string
  /** Where a field of it stands; for problems that are found later. */
  readonly locate: (path: readonly PropertyKey[]) => Pick<Problem, 'file' | 'line' | 'column'>
  /** The line of a field that stands in the document itself; null for one that is inherited or that nobody wrote. */
  readonly lineOf: (path: readonly PropertyKey[]) => number | null
}

// The largest family that guise knows has some 80; what reads them hears of no interrupt.
const mostDocuments = 1000

/**
 * Reads the scenarios of one YAML file, which holds one or, separated by `---`, several. Reads no other file.
 *
 * @returns the good documents, and every problem of the bad ones at once, in the order of the file
 */
export function parseScenarioFile(
  text: string,
  file: string,
): { documents: LocatedDocument[]; problems: Problem[] } {
  const lines = new LineCounter()
  const documents: LocatedDocument[] = []
  const problems: Problem[] = []
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { file, line, column: col }
  }

  if (isNestedTooDeep(text)) {
    const got = 'more than a hundred levels'
    return { documents, problems: [{ ...at(0), field: '', expected: 'a few levels of YAML', got }] }
  }
  // Keys that stand twice are found by findTraps(), in less than quadratic time.
  const parsed = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: false })
  const yamlDocuments: Document.Parsed[] = Array.isArray(parsed) ? parsed : []

  if (yamlDocuments.length > mostDocuments) {
    const [expected, got] = [`at most ${mostDocuments} scenarios`, `${yamlDocuments.length}`]
    return { documents, problems: [{ ...at(0), field: '', expected, got }] }
  }

  const family = new Family()
  for (const yaml of yamlDocuments) {
    let inherited: Inherited = nothingInherited
    const rangeAt = (path: readonly PropertyKey[]) => ownRange(yaml, path, inherited)
    // What is missing is missing in something that stands there.
    const locate = (path: readonly PropertyKey[]) => {
      const parts = path.map((_, index) => path.slice(0, path.length - index))
      return at(parts.map(rangeAt).find(range => range !== null)?.[0] ?? yaml.range[0])
    }
    const lineOf = (path: readonly PropertyKey[]) => {
      const range = rangeOf(yaml, path)
      return range === null ? null : at(range[0]).line
    }
    for (const error of yaml.errors) {
      problems.push({
        ...at(error.pos[0]),
        field: '',
        expected: 'valid YAML',
        got: `${shown(text, error.pos)} (${firstLine(error.message)})`,
      })
    }
    if (yaml.errors.length > 0) continue
    const traps = findTraps(yaml)
    const trapped = traps.map(({ range, field, expected }) => {
      return { ...at(range[0]), field, expected, got: quote(text.slice(...range)) }
    })
    if (traps.some(({ fatal }) => fatal)) {
      append(problems, trapped)
      continue
    }
    const written = valueOf(yaml)
    if (written instanceof Error) {
      problems.push({
        ...locate([]),
        field: '',
        expected: 'fewer aliases of aliases',
        got: written.message,
      })
      continue
    }
    const completed = family.complete(written)
    const gotAt = (path: readonly PropertyKey[]) => {
      const range = rangeAt(path)
      return range === null ? 'nothing' : quote(text.slice(range[0], range[1]))
    }
    if (completed === null) {
      const expected = 'the name of an earlier scenario of this file'
      problems.push({ ...locate(['like']), field: 'like', expected, got: gotAt(['like']) })
      continue
    }
    inherited = completed.inherited
    const result = scenarioSchema.safeParse(completed.document)
    const findings = result.error?.issues.flatMap(issue => flatten(issue)) ?? []
    const found = findings.map(({ path, expected, says }): Problem => {
      const field = fieldName(says === undefined ? path : path.slice(0, -1))
      return { ...locate(path), field, expected, got: gotAt(path), says }
    })
    // What the schema says of the same place is the better of the two.
    const told = new Set(found.map(({ line, column }) => `${line}:${column}`))
    const alone = trapped.filter(({ line, column }) => !told.has(`${line}:${column}`))
    append(problems, found)
    append(problems, alone)
    if (result.success && alone.length === 0) {
      const own = text.slice(yaml.range[0], yaml.range[1])
      documents.push({ document: result.data, file, text: own, locate, lineOf })
    }
  }
  if (yamlDocuments.length === 0) {
    problems.push({ ...at(0), field: '', expected: 'a scenario', got: 'an empty file' })
  }
  return { documents, problems: problems.sort((a, b) => a.line - b.line || a.column - b.column) }
}

const plainTypes = new Map<string, string>([
  ['array', 'a list'],
  ['record', 'a mapping'],
  ['object', 'a mapping'],
])

interface Finding {
  path: PropertyKey[]
  expected: string
  /** The whole of what is wrong, where that is no matter of expected and got. */
  says?: string | undefined
}

/** The findings behind one zod issue: of a union those of the branch that fits best, of unknown keys one each. */
function flatten(issue: z.core.$ZodIssue, prefix: readonly PropertyKey[] = []): Finding[] {
  const path = [...prefix, ...issue.path]
  if (issue.code === 'unrecognized_keys') {
    const says = issue.message.split('\n')
    return issue.keys.map((key, index) => ({
      path: [...path, key],
      expected: '',
      says: says[index],
    }))
  }
  if (issue.code === 'invalid_union' && issue.message === 'Invalid input') {
    const branches = issue.errors.map(errors => errors.flatMap(error => flatten(error, path)))
    return branches.reduce((best, next) => (next.length < best.length ? next : best))
  }
  // A key that a mapping may not have.
  if (issue.code === 'invalid_key') return issue.issues.flatMap(inner => flatten(inner, path))
  if (issue.code === 'invalid_type' && issue.message.startsWith('Invalid input')) {
    return [{ path, expected: plainTypes.get(issue.expected) ?? `a ${issue.expected}` }]
  }
  return [{ path, expected: issue.message }]
}

/** The source range of what a path of the completed document means; where it is inherited, that of `like`. */
function ownRange(yaml: Document.Parsed, path: readonly PropertyKey[], inherited: Inherited) {
  const [field, index, ...rest] = path
  const own =
    field === 'cpuid' && typeof index === 'number'
      ? [field, index - inherited.cpuidEntries, ...rest]
      : path
  const range = rangeOf(yaml, own)
  return range ?? (inherited.has(own) ? rangeOf(yaml, ['like']) : null)
}

/** `cpuid[2].eax` of ['cpuid', 2, 'eax']. */
export function fieldName(path: readonly PropertyKey[]): string {
  return path
    .map(part => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '')
}

/** What a document comes to; an Error where its aliases of aliases would come to too much. */
function valueOf(yaml: Document.Parsed): unknown {
  try {
    return yaml.toJS()
  } catch (error) {
    return error
  }
}

/** What stands where YAML can't be read. */
function shown(text: string, [from, to]: [number, number]): string {
  const part = text.slice(from, to)
  if (part.trim() !== '') return quote(part)
  return text.charAt(from) === '\t' ? 'a tab' : 'the end of what is open'
}
