import type { CpuDump } from '../leaf.js'
import { cpuidR } from './cpuid-r.js'
import { CpuListings } from './cpu-listings.js'
import { broken, type DumpFormat, type DumpLine, foreign } from './format.js'
import { instlat } from './instlat.js'
import { kcpuid } from './kcpuid.js'
import type { DumpNote, DumpProblem } from './note.js'

/** Every way of writing a dump that is read. */
export const dumpFormats: readonly DumpFormat[] = [cpuidR, kcpuid, instlat]

/** A dump, read. */
export interface ParsedDump {
  /** The name of the format; null of a text without a leaf. */
  readonly format: string | null
  /** In the order of the file; empty where there are problems. */
  readonly cpus: readonly CpuDump[]
  readonly problems: readonly DumpProblem[]
  readonly notes: readonly DumpNote[]
}

// A leaf's line has some 100 characters.
const longestLine = 1000

/**
 * Reads a dump of CPUID in any of the formats. Lines that are no leaves are left out and noted; a line that looks like a leaf
 * and is none, and a leaf with two values, are problems.
 */
export function parseDump(text: string): ParsedDump {
  const lines = text.split(/\r\n|\n|\r/).map(withoutQuoting)
  const format = formatOf(lines)
  if (format === null) {
    const expected = `a dump of CPUID as ${dumpFormats.map(({ name }) => name).join(', ')} have it`
    return { format, cpus: [], problems: [{ line: null, expected, text: null }], notes: [] }
  }
  const read = readerOf(format, lines)
  const listings = new CpuListings(format.relists)
  const problems: DumpProblem[] = []
  const strangers: number[] = []
  lines.forEach((line, index) => {
    if (line === '') return
    const said = read(line)
    const number = index + 1
    const expected =
      said.kind === 'broken'
        ? said.expected
        : said.kind === 'leaf'
          ? listings.add(said.value, number)
          : null
    if (expected !== null) problems.push({ line: number, expected, text: line })
    else if (said.kind === 'leaf' && index === lines.length - 1 && isCutShort(line))
      problems.push({
        line: number,
        expected: 'a last value of 8 digits, or a whole line',
        text: line,
      })
    if (said.kind === 'cpu') listings.begin(said.cpu, number)
    if (said.kind === 'foreign') strangers.push(number)
  })
  const { cpus, conflicts, notes } = listings.end()
  for (const { line, expected } of conflicts)
    problems.push({ line, expected, text: lines[line - 1] ?? '' })
  return {
    format: format.name,
    cpus: problems.length > 0 ? [] : cpus,
    problems: problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)),
    notes: [...foreignNote(lines, strangers), ...notes],
  }
}

/** Whether a line that nothing ends stops within its last value, as where a copy of a dump was cut: the others have all their digits. */
function isCutShort(line: string): boolean {
  const whole = line.match(/(?<![0-9a-f])(?:0x)?[0-9a-f]{8}(?![0-9a-f])/gi) ?? []
  return whole.length >= 3 && /(?:^|[^0-9a-f])[0-9a-f]{1,7}$/i.test(line)
}

/** A line as it was before it was quoted in a mail (`> `) or came through the kernel's log (`[    1.234567] `). */
function withoutQuoting(line: string): string {
  return line
    .trim()
    .replace(/^(?:>\s*)+/, '')
    .replace(/^\[\s*\d+\.\d+\]\s*/, '')
}

function foreignNote(lines: readonly string[], strangers: readonly number[]): DumpNote[] {
  const [line] = strangers
  if (line === undefined) return []
  return [{ kind: 'foreign', line, text: lines[line - 1] ?? '', more: strangers.length - 1 }]
}

/** The format in which the most lines are leaves; null where none is. */
function formatOf(lines: readonly string[]): DumpFormat | null {
  const counted = dumpFormats.map(format => {
    const read = bounded(format.reader(lines))
    const kinds = lines.map(line => read(line).kind)
    const count = (wanted: DumpLine['kind']) => kinds.filter(kind => kind === wanted).length
    // A dump whose only leaf is broken is a dump all the same.
    return { format, leaves: count('leaf'), suspects: count('broken') }
  })
  const [best] = counted.sort((a, b) => b.leaves - a.leaves || b.suspects - a.suspects)
  return best === undefined || best.leaves + best.suspects === 0 ? null : best.format
}

/** Reads the lines of one format; a leaf of another is none of this file. */
function readerOf(format: DumpFormat, lines: readonly string[]): (line: string) => DumpLine {
  const own = bounded(format.reader(lines))
  const others = dumpFormats
    .filter(other => other !== format)
    .map(other => bounded(other.reader(lines)))
  return line => {
    const said = own(line)
    if (said.kind !== 'foreign') return said
    const strange = others.some(read => read(line).kind === 'leaf')
    return strange
      ? broken(`leaves as ${format.name} writes them, which this file began with`)
      : said
  }
}

function bounded(read: (line: string) => DumpLine): (line: string) => DumpLine {
  return line => (line.length > longestLine ? foreign : read(line))
}
