import { basename, dirname } from 'node:path'
import { interfaceOf } from '../hypervisors/table.js'
import { formatUnmet } from '../judge/format-unmet.js'
import type { UnmetField } from '../judge/verdict.js'
import { scenariosFolder } from '../paths.js'
import type { Row } from './columns.js'
import { guiseCommand, rerunCommand, shownPath } from './guise-command.js'
import type { GuiseRecord } from '../record/schema.js'
import type { RecordDetails } from './reporter.js'
import { fate } from './summary.js'

type Unmet = GuiseRecord['unmet'][number]

/** Of a record that did not pass: the reason first, then what the kernel itself said, then the way on. */
export function failureRows(record: GuiseRecord, details: RecordDetails): Row[] {
  const { kernelSaid } = record
  // The console has words of the firmware's or QEMU's where the kernel has none.
  const silent = kernelSaid.length === 0 && record.outcome !== 'reported'
  return [
    ...unmetRows(record),
    ...otherReasons(record).map(text => ({ label: 'why', text })),
    ...kernelSaid.map(text => ({ label: 'kernel said', text })),
    ...(silent ? details.consoleTail.slice(-4) : []).map(text => ({ label: 'console', text })),
    ...optional('baseline', details.baseline ?? null),
    ...optional('fidelity', fidelityHint(record)),
    ...optional('to do', advice(record)),
    ...optional('more', record.console === null ? null : moreCommands(record)),
  ]
}

function optional(label: string, text: Row['text'] | null): Row[] {
  return text === null ? [] : [{ label, text }]
}

function unmetRows(record: GuiseRecord): Row[] {
  const groups = new Map<string, Unmet[]>()
  for (const each of record.unmet) {
    // What there is no sign of is told together.
    const key = each.got === 'no sign of it' ? each.field : JSON.stringify(each)
    groups.set(key, [...(groups.get(key) ?? []), each])
  }
  const width = Math.max(...record.unmet.map(({ field }) => field.length))
  return [...groups.values()].flatMap(group => {
    const [first] = group
    if (first === undefined) return []
    return [{ label: placeOf(first), text: `${first.field.padEnd(width)}  ${tell(group, record)}` }]
  })
}

function tell(group: readonly Unmet[], record: GuiseRecord): string {
  const [{ field, want, got } = { field: '', want: '', got: '' }] = group
  if (got === 'no sign of it') {
    return `${group.map(each => each.want).join(', ')}: no sign of ${group.length > 1 ? 'them' : 'it'}`
  }
  // The kernel's own words of its death follow; of any other end the sentence is here alone.
  const seen = field === 'outcome' && died(record) ? fate(record) : got
  return `want ${negative(field)}${want}   got ${seen}`
}

function negative(field: string): string {
  const negatives = ['rejects', 'log.lacks', 'clocksource.excludes', 'flags.lacks', 'bugs.lacks']
  return negatives.includes(field) ? 'no ' : ''
}

/** `hyperv.yaml:12`: of the catalogue the file's name alone, of one's own the path from here. */
function placeOf({ file, line }: Unmet): string {
  if (file === null || line === null) return 'expected'
  const shown = dirname(file) === scenariosFolder ? basename(file) : shownPath(file)
  return `${shown}:${line}`
}

/** The reasons that are no unmet expectation: the machine's, or what the guest could not do. */
function otherReasons({ why, unmet }: GuiseRecord): string[] {
  const told = unmet.map(each => formatUnmet({ ...each, field: each.field as UnmetField }))
  return why.filter(reason => !told.includes(reason))
}

/** Where the leaves promise what nothing answers, which a kernel that believes them can't know. */
function fidelityHint(record: GuiseRecord): string | null {
  const { fidelity, unmet, interfaces } = record
  if (fidelity !== 'cpuid' || unmet.length === 0) return null
  const offered = interfaces.some(
    ({ id, offered }) => offered !== null && interfaceOf(id).presumesIdentity,
  )
  const missed = unmet.some(
    ({ field, want }) => field === 'adopts' && interfaceOf(want)?.presumesIdentity,
  )
  return (died(record) && offered) || missed
    ? 'no MSR and no hypercall stands behind these leaves here; `needs: { fidelity: kvm }` in the scenario asks for those that are answered'
    : null
}

function died({ outcome, kernelSaid }: GuiseRecord): boolean {
  const isDeath = outcome === 'early-exception' || outcome === 'oops' || outcome === 'panic'
  return isDeath && kernelSaid.length > 0
}

function moreCommands({ scenario }: GuiseRecord): string[] {
  return [`${guiseCommand('explain', '--last', scenario)} ·`, guiseCommand('console', scenario)]
}

/** What a person may do about what is the machine's trouble. */
function advice(record: GuiseRecord): Row['text'] | null {
  const { outcome, accel, applied } = record
  const again = (...more: string[]) => {
    const command = rerunCommand(record, ...more)
    return command === null ? [] : [command]
  }
  if (applied === false) {
    return 'a leaf that this accelerator computes itself can’t be asked for: give it another value, or another accelerator; a script as --qemu must pass its environment on, LD_PRELOAD among it'
  }
  switch (outcome) {
    case 'qemu-failed':
      return [
        `${guiseCommand('doctor')}${accel === 'nested' ? '' : ' ·'}`,
        ...(accel === 'nested' ? [] : again('--dry-run')),
      ]
    case 'kvm-error':
      return ['KVM gave the guest up, the kernel may be sound:', ...again('--accel', 'nested')]
    case 'timeout':
    case 'hang':
    case 'firmware-hang':
      return again('--timeout', String(longerTimeout(record)))
    default:
      return record.verdict === 'error' && record.file !== null ? again() : null
  }
}

/** A total deadline in seconds that gives the guest more time than it had, both in all and to be silent. */
function longerTimeout({ timing, deadlines }: GuiseRecord): number {
  const ms = Math.max((timing?.total ?? 0) * 3, (deadlines?.total ?? 0) * 2)
  return Math.max(1, Math.ceil(ms / 1000))
}
