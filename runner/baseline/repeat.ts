import { completeMarker } from '../console/protocol/layout.js'
import type { GuiseRecord } from '../record/schema.js'
import { baselineFacts } from './facts.js'
import { formatFact } from './fact.js'

/** One run of a guest that was run several times. */
export interface Repetition {
  readonly record: GuiseRecord
  /** Its raw console, Latin-1. */
  readonly console: string
}

/**
 * How a run of a guest differs from the first, in one sentence; null where it does not. On virtual time every byte of the console up to
 * the end of the report counts, since what follows races with the end of QEMU; on real time what a baseline keeps.
 */
export function differenceFrom(first: Repetition, other: Repetition): string | null {
  const [one, two] = [first.record, other.record]
  if (one.verdict !== two.verdict) return then(verdictOf(one), verdictOf(two))
  if (one.clock !== two.clock) return then(`on ${one.clock} time`, `on ${two.clock} time`)
  const bytes = one.clock === 'virtual' ? differentLine(first.console, other.console) : null
  return bytes ?? differentFact(one, two) ?? differentCost(one, two)
}

/** What booting cost; counted on virtual time alone. */
function differentCost(one: GuiseRecord, two: GuiseRecord): string | null {
  const [before, after] = [one, two].map(({ instructions }) => JSON.stringify(instructions ?? null))
  return before === after ? null : `instructions ${then(before ?? '', after ?? '')}`
}

function verdictOf({ verdict, outcome }: GuiseRecord): string {
  return outcome === null ? verdict : `${verdict} (${outcome})`
}

function differentLine(first: string, other: string): string | null {
  const [one, two] = [linesOf(first), linesOf(other)]
  const length = Math.max(one.length, two.length)
  for (let at = 0; at < length; at += 1) {
    if (one[at] === two[at]) continue
    return `line ${at + 1} of the console: ${then(quoted(one[at]), quoted(two[at]))}`
  }
  return null
}

function linesOf(console: string): string[] {
  return (console.split(completeMarker, 1)[0] ?? '').split('\n')
}

function quoted(line: string | undefined): string {
  return line === undefined ? 'nothing' : JSON.stringify(line.trimEnd().slice(0, 200))
}

function differentFact(one: GuiseRecord, two: GuiseRecord): string | null {
  const [before, after] = [one, two].map(record => baselineFacts(record).map(formatFact))
  const lost = before?.find(fact => after?.includes(fact) === false)
  const found = after?.find(fact => before?.includes(fact) === false)
  if (lost === undefined && found === undefined) return null
  return then(lost ?? 'nothing', found ?? 'nothing')
}

function then(first: string, other: string): string {
  return `${first}, then ${other}`
}
