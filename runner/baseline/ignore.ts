import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { LineCounter, parseDocument } from 'yaml'
import * as z from 'zod'
import { InputError } from '../errors.js'
import type { GuiseRecord } from '../record/schema.js'
import { holds } from '../scenario/condition.js'
import { logPatternMatcher } from '../scenario/log-pattern.js'
import { conditionSchema } from '../scenario/expectation-schema.js'
import { fieldName } from '../scenario/parse.js'
import { logPattern } from '../scenario/pattern-schema.js'
import { formatProblems, type Problem } from '../scenario/problem.js'
import { mapping, text } from '../scenario/schema-parts.js'
import { nameMatcher } from '../scenario/select.js'
import { rangeOf } from '../scenario/source-range.js'
import { readTextFile } from '../scenario/text-file.js'
import { findTraps, isNestedTooDeep } from '../scenario/yaml-traps.js'
import { quote } from '../terminal/printable.js'
import type { Difference } from './difference.js'
import { type Fact, formatFact } from './fact.js'

const ruleSchema = mapping({
  facts: logPattern.describe(
    'a line of a baseline as it stands there, in which * is any text; or a regular expression between slashes',
  ),
  scenarios: text('a name or a glob').regex(/^[^@]/, 'a name or a glob, and no group').default('*'),
  when: conditionSchema.optional(),
  reason: z.string('why such a difference is none').regex(/\S/, 'why such a difference is none'),
})

const rulesSchema = z.array(ruleSchema, 'a list of rules, each with `facts` and `reason`')

/** A rule by which differences of some facts do not count. */
export interface IgnoreRule {
  /** Where it stands, for the output: `FILE:LINE`. */
  readonly place: string
  /** Why; shown wherever the rule is applied. */
  readonly reason: string
  /** Whether it speaks of such a guest at all. */
  readonly concerns: (record: GuiseRecord) => boolean
  readonly ignores: (fact: Fact) => boolean
}

/** The name of the file of rules in a folder of baselines. */
export const ignoreFile = 'ignore.yaml'

/**
 * Reads the rules of a folder of baselines; none where it has no such file.
 *
 * @throws InputError with a line for each problem
 */
export function readIgnoreRules(folder: string): IgnoreRule[] {
  const file = join(folder, ignoreFile)
  if (!existsSync(file)) return []
  try {
    return parseIgnoreRules(readTextFile(file), file)
  } catch (error) {
    if (error instanceof InputError) throw error
    const got = (error as Error).message
    throw new InputError(`${file}: expected rules of what to ignore, got: ${got}`, { cause: error })
  }
}

/**
 * Reads the text of a file of rules.
 *
 * @throws InputError with a line for each problem: `FILE:LINE:COLUMN: FIELD: expected …, got …`
 */
export function parseIgnoreRules(source: string, file: string): IgnoreRule[] {
  const lines = new LineCounter()
  const at = (offset: number) => {
    const { line, col: column } = lines.linePos(offset)
    return { file, line, column }
  }
  const refuse = (problems: readonly Problem[]): never => {
    throw new InputError(formatProblems(problems))
  }
  if (isNestedTooDeep(source))
    refuse([{ file, line: 1, column: 1, field: '', expected: 'a few levels of YAML', got: 'many' }])
  const yaml = parseDocument(source, { lineCounter: lines })
  const traps = findTraps(yaml).map(({ range, fatal, field, expected }) => {
    const got = quote(source.slice(...range))
    return { fatal, problem: { ...at(range[0]), field, expected, got } }
  })
  const broken = [
    ...yaml.errors.map(({ pos, message }) => {
      const got = message.split('\n', 1)[0] ?? ''
      return { ...at(pos[0]), field: '', expected: 'valid YAML', got }
    }),
    ...traps.filter(({ fatal }) => fatal).map(({ problem }) => problem),
  ]
  if (broken.length > 0) refuse(broken)
  // Comments alone are no rules.
  const result = rulesSchema.safeParse(yaml.toJS() ?? [])
  const found = (result.error?.issues ?? []).flatMap(({ path, message, code }) => {
    const parts = path.map((_, index) => path.slice(0, path.length - index))
    const range = parts.map(part => rangeOf(yaml, part)).find(each => each !== null)
    const got = rangeOf(yaml, path)
    // Of several keys that are not known the schema says a line each.
    const unknown = code === 'unrecognized_keys' ? message.split('\n') : [undefined]
    return unknown.map((says): Problem => ({
      ...at(range?.[0] ?? yaml.range[0]),
      field: fieldName(path),
      expected: message,
      got: got === null ? 'nothing' : quote(source.slice(...got)),
      says,
    }))
  })
  // What the schema says of the same place is the better of the two.
  const places = new Set(found.map(({ line, column }) => `${line}:${column}`))
  const alone = traps
    .map(({ problem }) => problem)
    .filter(({ line, column }) => !places.has(`${line}:${column}`))
  if (!result.success || alone.length > 0) return refuse([...found, ...alone])
  return result.data.map((rule, index) => {
    const start = rangeOf(yaml, [index])?.[0] ?? 0
    return { place: `${file}:${at(start).line}`, reason: rule.reason, ...matchersOf(rule) }
  })
}

function matchersOf({
  facts,
  scenarios,
  when,
}: z.output<typeof ruleSchema>): Pick<IgnoreRule, 'concerns' | 'ignores'> {
  const isExpression = /^\/.+\/$/.test(facts)
  const ofFact = isExpression ? logPatternMatcher(facts) : nameMatcher(facts)
  const ofScenario = nameMatcher(scenarios)
  return {
    concerns: ({ scenario, kernel, qemu, fidelity, vendor }) => {
      const circumstances = { kernel: kernel.version, qemu: qemu.version, fidelity, vendor }
      return ofScenario(scenario) && holds(when ?? {}, circumstances)
    },
    ignores: fact => ofFact(formatFact(fact)),
  }
}

/** A fact whose difference does not count, and the rule that says so. */
export interface IgnoredFact {
  readonly sign: '-' | '+'
  readonly fact: Fact
  readonly rule: IgnoreRule
}

/** Takes what the rules ignore out of differences. */
export function withoutIgnored(
  differences: readonly Difference[],
  rules: readonly IgnoreRule[],
  record: GuiseRecord,
): { differences: Difference[]; ignored: IgnoredFact[] } {
  const ignored: IgnoredFact[] = []
  const concerned = rules.filter(({ concerns }) => concerns(record))
  const keep = (sign: IgnoredFact['sign'], facts: readonly Fact[]) =>
    facts.filter(fact => {
      const rule = concerned.find(({ ignores }) => ignores(fact))
      if (rule !== undefined) ignored.push({ sign, fact, rule })
      return rule === undefined
    })
  const left = differences
    .map(each => ({ ...each, gone: keep('-', each.gone), fresh: keep('+', each.fresh) }))
    .filter(({ gone, fresh }) => gone.length + fresh.length > 0)
  return { differences: left, ignored }
}
