import { join } from 'node:path'
import { parseVersion, seriesOf } from '../scenario/kernel-version.js'
import type { GuiseRecord } from '../record/schema.js'
import { printable } from '../terminal/printable.js'
import { type Fact, formatFact, parseFact } from './fact.js'
import { baselineFacts } from './facts.js'
import {
  type Fingerprint,
  fingerprintOf,
  formatFingerprint,
  parseFingerprint,
} from './fingerprint.js'

/** What a baseline file holds. */
export interface Baseline {
  /** What it was made with; named with every difference, never compared. */
  readonly fingerprint: Fingerprint
  readonly facts: readonly Fact[]
  /** The scenario's file, relative to the folder of the baselines; null for a scenario of the catalogue. */
  readonly file: string | null
}

/**
 * Where the baseline of a record lies under a folder: SERIES/FIDELITY/VENDOR/SCENARIO.txt. A kernel's series, and not
 * its point release, so that a baseline outlives it; fidelity, and not the accelerator, so that one made in the nested
 * host serves a machine with KVM.
 */
export function baselinePath(record: GuiseRecord): string {
  const version = parseVersion(record.kernel.version)
  const series = version === null ? record.kernel.version : seriesOf(version)
  const vendor = record.vendor ?? 'unknown'
  return join(folderName(series), record.fidelity, folderName(vendor), `${record.scenario}.txt`)
}

/** A text that a kernel or a scenario gives, as the name of a folder: no path, and no control characters. */
function folderName(text: string): string {
  return encodeURIComponent(text).replace(/^\.+$/, dots => dots.replaceAll('.', '%2E')) || '%'
}

/** The baseline that a record comes to: each fact one line that a terminal may show, whatever a guest made of it. */
export function makeBaseline(record: GuiseRecord): Baseline {
  const clean = (text: string | null) => (text === null ? null : onOneLine(text))
  return {
    fingerprint: fingerprintOf(record),
    facts: baselineFacts(record).map(({ kind, id, value }) => ({
      kind,
      id: clean(id),
      value: clean(value),
    })),
    file: null,
  }
}

// A tab harms nothing, and a CPU may have one in its name.
function onOneLine(text: string): string {
  return text.split('\t').map(printable).join('\t')
}

const fileMark = 'file '

/** The text of a baseline file: the fingerprint and the scenario's file as comments, then the facts. */
export function formatBaseline({ fingerprint, facts, file }: Baseline): string {
  const comments = [...formatFingerprint(fingerprint), ...(file === null ? [] : [fileMark + file])]
  return [...comments.map(line => `# ${line}`), ...facts.map(formatFact)]
    .map(line => `${onOneLine(line)}\n`)
    .join('')
}

/** Reads the text of a baseline file. */
export function parseBaseline(text: string): Baseline {
  // git may check a text out with the ends of line of another system (core.autocrlf).
  const lines = text.split(/\r?\n/).filter(line => line !== '')
  const comments = lines.filter(isComment).map(line => line.slice(2))
  return {
    fingerprint: parseFingerprint(comments),
    file: comments.find(line => line.startsWith(fileMark))?.slice(fileMark.length) ?? null,
    facts: lines.filter(line => !isComment(line)).map(parseFact),
  }
}

function isComment(line: string): boolean {
  return line.startsWith('# ')
}
