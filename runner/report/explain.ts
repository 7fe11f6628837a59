import { interfaceOf } from '../hypervisors/table.js'
import { formatViolation } from '../observe/composition.js'
import { wrap } from './columns.js'
import { detected, offered } from './explain-detection.js'
import { printable } from './printable.js'
import type { GuiseRecord } from '../record/schema.js'
import { bugLines, cpuLines } from './explain-cpu.js'
import { flagLines } from './explain-flags.js'
import { topologyLines } from './explain-topology.js'
import { drivenLines } from './explain-driven.js'
import { mixedLines } from './explain-mixed.js'
import { placeLines } from './explain-place.js'
import { sanityLines } from './explain-sanity.js'
import { costLines, timeLines, tscLines } from './explain-time.js'
import { fate } from './summary.js'

type Interface = GuiseRecord['interfaces'][number]

/**
 * The story of a record in words: what was offered, what was detected and why that won, what was adopted, what was left
 * alone, whether it is a mix, whether the classes were respected, and how it ended.
 */
export function explain(record: GuiseRecord, width: number | null = null): string {
  const { kernel, accel, fidelity, scenario } = record
  const heading = `${scenario} on ${kernel.version} (${kernel.release}), ${accel}, fidelity ${fidelity}`
  if (record.outcome === null)
    return `${printable(heading)}\n\n${format(paragraph(record.verdict, record.why), width)}`
  const parts = [
    paragraph('offered', offered(record)),
    ...features(record),
    paragraph('detected', detected(record)),
    paragraph(
      'adopted',
      byOwner(record, ({ adopted }) => adopted),
    ),
    paragraph(
      'left alone',
      byOwner(record, each => (isIdle(each) && !isSilent(each) ? each.offered : null)),
    ),
    ...unseen(record),
    ...paragraphOf('driven', drivenLines(record)),
    paragraph('mixed', mixedLines(record)),
    paragraph('classes', classes(record)),
    paragraph('ended', [ended(record), ...takenQemu(record), ...timeLines(record)]),
    ...(record.cpu
      ? [
          paragraph('CPU', cpuLines(record.cpu)),
          paragraph('topology', topologyLines(record.cpu)),
          ...paragraphOf('flags', flagLines(record)),
          paragraph('bugs', bugLines(record.cpu)),
        ]
      : []),
    ...paragraphOf('rules', sanityLines(record)),
    ...paragraphOf('TSC', tscLines(record)),
    ...paragraphOf('place', placeLines(record)),
    ...paragraphOf('cost', costLines(record)),
    paragraph(record.verdict, verdict(record)),
  ]
  return `${wrap(printable(heading), width, 0)}\n\n${parts.map(part => format(part, width)).join('')}`
}

/** What was kept back of the CPUID that was asked for, and what was shown that can't be executed. */
function features({ withheld = [], lacking = [] }: GuiseRecord): Paragraph[] {
  const named = (label: string, names: readonly string[], why: string): Paragraph[] =>
    names.length === 0 ? [] : [paragraph(label, [`${names.join(', ')}: ${why}`])]
  return [
    ...named(
      'withheld',
      withheld,
      'the accelerator cannot execute them, and the guest is not shown them',
    ),
    ...named(
      'lacking',
      lacking,
      'the guest is shown them, and the accelerator cannot execute them',
    ),
  ]
}

const labelWidth = 12

type Paragraph = readonly [label: string, lines: readonly string[]]

function paragraph(label: string, lines: readonly string[]): Paragraph {
  return [label, lines]
}

/** A paragraph, if there is anything to say. */
function paragraphOf(label: string, lines: readonly string[]): Paragraph[] {
  return lines.length === 0 ? [] : [paragraph(label, lines)]
}

function format([label, lines]: Paragraph, width: number | null): string {
  return lines
    .map((line, index) => {
      const start = (index === 0 ? label : '').padEnd(labelWidth)
      const indent = labelWidth + (line.length - line.trimStart().length)
      return `${start}${wrap(printable(line), width, indent)}\n`
    })
    .join('')
}

/** The evidence of interfaces, a line for each owner. */
function byOwner(record: GuiseRecord, evidence: (each: Interface) => string | null): string[] {
  const lines = new Map<string, string[]>()
  for (const each of record.interfaces) {
    const shown = evidence(each)
    if (shown === null) continue
    lines.set(each.owner, [...(lines.get(each.owner) ?? []), `${each.id} (${shown})`])
  }
  if (lines.size === 0) return ['nothing']
  return [...lines].flatMap(([owner, ids]) => [`of ${nameOf(owner)}:`, ...ids.map(id => `  ${id}`)])
}

/** What was offered, and may be used without a word. */
function unseen(record: GuiseRecord): Paragraph[] {
  const found = record.interfaces.filter(each => isIdle(each) && isSilent(each))
  if (found.length === 0) return []
  const ids = found.map(({ id }) => id).join(', ')
  return [paragraph('unseen', [`${ids}: offered; whether it uses them this kernel does not say`])]
}

function isIdle(each: Interface): boolean {
  return each.adopted === null && each.offered !== null && isChoice(each)
}

function isSilent({ id }: Interface): boolean {
  return interfaceOf(id).silent === true
}

/** What a kernel can leave alone: the names of winners that it did not choose are no interfaces that lie idle. */
function isChoice({ id }: Interface): boolean {
  return !id.startsWith('banner.') && !id.startsWith('tsc-frequency.')
}

function nameOf(owner: string): string {
  if (owner === 'common') return 'all in common'
  return owner === 'platform' ? 'the platform' : owner
}

function classes({ composition: { violations } }: GuiseRecord): string[] {
  return violations.length === 0
    ? [
        'respected: one of each exclusive group, and nothing that was not offered or whose owner lost',
      ]
    : violations.map(formatViolation)
}

function ended({ outcome, diedIn, stuckIn, ending, identity }: GuiseRecord): string {
  if (outcome === 'reported') return 'the guest came up and reported'
  const before = identity.hypervisor === null ? '' : `detected ${identity.hypervisor}, then `
  return `${before}${fate({ outcome, diedIn, stuckIn })}: ${ending ?? ''}`
}

/** The QEMU that guise took by itself. */
function takenQemu({ qemu, qemuWhy, fingerprint }: GuiseRecord): string[] {
  return qemuWhy ? [`in QEMU ${qemu.version} of ${fingerprint.qemu}: ${qemuWhy}`] : []
}

function verdict({ verdict, why, rule }: GuiseRecord): string[] {
  const because = rule === null ? [] : [`the rule that is expected: ${rule}`]
  if (why.length > 0) return [...why, ...because]
  return [verdict === 'pass' ? 'as the scenario expects' : '', ...because]
}
