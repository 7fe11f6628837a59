import { type Difference, differencesBetween, nameOf } from '../baseline/difference.js'
import type { Fact } from '../baseline/fact.js'
import type { GuiseRecord } from '../record/schema.js'
import { detected } from '../report/explain-detection.js'
import { summarise } from '../report/summary.js'
import { counted } from '../terminal/counted.js'
import { printable, printableLines } from '../terminal/printable.js'
import type { BisectResult } from './bisect.js'
import type { BisectState, Decided } from './state.js'
import { bisectFacts, type Target } from './target.js'

/** What a report says besides what the bisection found. */
export interface ReportParts {
  readonly state: BisectState
  readonly result: BisectResult
  /** What is told of the commit: `git show --stat`; null for packaged kernels. */
  readonly commit: string | null
  /** The records of the last good one before it, and its own; empty where there are none. */
  readonly before: readonly GuiseRecord[]
  readonly after: readonly GuiseRecord[]
  /** The command that shows it again. */
  readonly reproducer: string
  /** `NAME <ADDRESS>`, of git's configuration; null where it has none. */
  readonly reporter: string | null
}

/** The result of a bisection, as a person reads it, with the text for a mailing list at its end. */
export function formatBisectReport(parts: ReportParts): string {
  const { state, result, commit } = parts
  const { position } = result
  const lines =
    'found' in position
      ? [
          `${nameIn(state, position.found)} is the first ${state.question.tree === null ? 'kernel' : 'commit'} with the difference`,
          '',
          ...(commit === null ? [] : [commit.trimEnd(), '']),
          ...result.targets.flatMap(target => targetLines(target, parts)),
          ...stepLines(state),
          '',
          'For a report:',
          '',
          ...mailLines(position.found, parts).map(line => `    ${line}`.trimEnd()),
        ]
      : [
          `only what was skipped is left: the first with the difference is one of`,
          ...position.suspects.map(id => `  ${nameIn(state, id)}`),
          '',
          ...stepLines(state),
        ]
  return `${printableLines(lines.join('\n'))}\n`
}

/** A commit as people name one: twelve digits and the first line of its message. */
export function shortName({ id, subject }: Pick<Decided, 'id' | 'subject'>): string {
  return /^[0-9a-f]{40,64}$/.test(id) ? `${id.slice(0, 12)} ("${subject}")` : `${id} (${subject})`
}

function nameIn({ question, decided }: BisectState, id: string): string {
  const known = [...decided, question.good, question.bad].find(each => each.id === id)
  return shortName(known ?? { id, subject: '' })
}

/** `hypervisor: KVM -> none`; what differs of a scenario. */
export function differenceWords({ gone, fresh, ...what }: Target['differences'][number]): string {
  const values = (facts: readonly Fact[]) =>
    facts.map(({ id, value }) => value ?? id ?? '').join(' / ') || 'nothing'
  if ([...gone, ...fresh].every(({ value }) => value === null))
    return `${gone.length > 0 ? '-' : '+'} ${nameOf(what)}`
  return `${nameOf(what)}: ${values(gone)} -> ${values(fresh)}`
}

function targetLines(target: Target, { before, after }: ReportParts): string[] {
  const of = (records: readonly GuiseRecord[]) =>
    records.find(({ scenario }) => scenario === target.scenario)
  const story = (label: string, record: GuiseRecord | undefined) =>
    record === undefined
      ? []
      : [
          `  ${label}${summarise(record)}`,
          ...detected(record)
            .slice(0, 1)
            .map(line => `          detected: ${line}`),
        ]
  return [
    target.scenario,
    ...target.deciding.map(each => `  ${differenceWords(each)}`),
    ...companions(target, of(before), of(after)).map(each => `  with it: ${differenceWords(each)}`),
    ...story('before  ', of(before)),
    ...story('after   ', of(after)),
    '',
  ]
}

/** What else differs between the commit and what came right before it; no lines of the log. */
function companions(
  { deciding }: Target,
  before: GuiseRecord | undefined,
  after: GuiseRecord | undefined,
): Difference[] {
  if (before === undefined || after === undefined) return []
  const names = new Set(deciding.map(nameOf))
  return differencesBetween(bisectFacts(before), bisectFacts(after)).filter(
    each => each.kind !== 'log' && !names.has(nameOf(each)),
  )
}

function stepLines({ ends, decided }: BisectState): string[] {
  const told = (each: Decided) =>
    `  ${each.decision.padEnd(4)}  ${shortName(each)}: ${each.why} (build ${each.seconds.build} s, guests ${each.seconds.guests} s)`
  const both = [ends.good, ends.bad].filter(each => each !== null)
  return [
    `${counted(decided.length, 'step')}, after both ends:`,
    ...both.map(each => `  ${each.decision.padEnd(4)}  ${shortName(each)}`),
    ...decided.map(told),
  ]
}

function mailLines(found: string, parts: ReportParts): string[] {
  const { state, result, before, after, reproducer, reporter } = parts
  const { question } = state
  const culprit = nameIn(state, found)
  const [target] = result.targets
  const [change] = target?.deciding ?? []
  const what = change === undefined ? '' : differenceWords(change)
  const scenario = target?.scenario ?? ''
  const ended = (records: readonly GuiseRecord[]) =>
    records.map(record => `${record.scenario}: ${summarise(record)}`)
  // What differs may be nothing of what a guest is at a glance.
  const isAlike = ended(before).join('\n') === ended(after).join('\n')
  const stories = [
    ...ended(before).map(line => `  before  ${line}`),
    ...ended(after).map(line => `  after   ${line}`),
  ]
  return [
    `Subject: [REGRESSION] ${scenario}: ${what}`,
    '',
    `Since ${culprit} a guest of guise's scenario ${scenario}`,
    'shows another result:',
    '',
    ...result.targets.flatMap(each => each.deciding.map(one => `  ${differenceWords(one)}`)),
    '',
    ...(isAlike ? [] : [...stories, '']),
    'Reproducer:',
    '',
    `  ${reproducer}`,
    '',
    `Good: ${shortName(question.good)}`,
    `Bad: ${shortName(question.bad)}`,
    `Bisected to: ${culprit}`,
    `Reported-by: ${reporter ?? 'NAME <ADDRESS>'}`,
    ...(question.tree === null ? [] : [`#regzbot introduced: ${found.slice(0, 12)}`]),
  ].map(printable)
}
