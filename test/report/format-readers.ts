import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { validateXML } from 'xmllint-wasm'
import type { GuiseRecord } from '../../runner/record/schema.js'
import { type Format, reporterOf } from '../../runner/report/formats.js'
import type { NotRun, RunHeading } from '../../runner/report/reporter.js'
import { exampleRecord } from '../fixtures/record.js'

process.env.GUISE_COMMAND = 'guise'

/** A run of two kernels. */
export const heading: RunHeading = {
  kernels: ['6.1.176 (6.1.0-50-cloud-amd64, debian:bookworm)', '6.12.1 (6.12.1-a, ./bzImage)'],
  qemus: [{ version: '7.2.22', suite: null, nested: false }],
  accelerator: 'auto',
  jobs: null,
  total: 6,
  output: '/out',
  started: new Date('2026-11-25T12:00:00.5Z'),
}
const { kernel } = exampleRecord()
export const other = { ...kernel, sha256: 'cd34', version: '6.12.1', release: '6.12.1-a' }
const hostile = 'a]]> <b>&"\' # \u001b[31m\u0000\ufffe\ud800 `x` | \\ \u202e\nnot ok 9 - mine'
const skipped = {
  scenario: 'kvm',
  verdict: 'skip',
  outcome: null,
  timing: null,
  console: null,
} as const
/** Of each verdict one; a guest whose words are markup everywhere. */
export const records = [
  exampleRecord(),
  exampleRecord({ ...skipped, why: [`needs ${hostile}`] }),
  exampleRecord({
    scenario: 'hyperv',
    verdict: 'fail',
    why: [hostile, 'and another'],
    kernelSaid: [hostile],
    kernel: other,
  }),
  exampleRecord({
    scenario: 'xen',
    verdict: 'error',
    outcome: 'timeout',
    why: ['late'],
    kernel: other,
  }),
]
export const notRun: NotRun[] = [
  { scenario: 'vmware', run: records[0]?.run ?? '', kernel: other },
  { scenario: 'acrn', run: records[0]?.run ?? '', kernel: other },
]
const details = {
  consoleTail: ['``` the \\x1b[31mlast line', '</details>', '1..7'],
  baseline: null,
}

/** What a format writes of a run, which is {@link records} where nothing else is said. */
export async function writeRun(
  format: Format,
  of: { records?: readonly GuiseRecord[]; notRun?: readonly NotRun[]; total?: number } = {},
): Promise<string> {
  const reporter = await reporterOf(format, { colour: false, width: null, nameWidth: 10 })
  const own = of.records ?? records
  return [
    reporter.begin({ ...heading, total: of.total ?? heading.total }),
    ...own.map(record => reporter.record(record, details)),
    reporter.end(own, 1000, of.notRun ?? notRun),
  ].join('')
}

const rules = (name: string) => readFileSync(`test/report/rules/${name}`, 'utf8')

/** What a validator of XML has against a text, by each schema in use. */
export async function xmlErrors(xml: string): Promise<string[]> {
  const results = await Promise.all(
    ['junit-ant.xsd', 'junit-jenkins.xsd'].map(name =>
      validateXML({ xml: { fileName: 'a.xml', contents: xml }, schema: rules(name) }),
    ),
  )
  return results.flatMap(({ errors }) => errors.map(({ message }) => message))
}

const isKcidb = new Ajv({ allErrors: true }).compile(JSON.parse(rules('kcidb-5.3.json')) as object)

/** What is looked at of it. */
export interface KcidbRun {
  readonly builds: readonly { readonly id: string }[]
  readonly checkouts: readonly object[]
  readonly tests: readonly {
    readonly id: string
    readonly build_id: string
    readonly path: string
    readonly status: string
    readonly comment: string
    readonly log_excerpt?: string
  }[]
}

/** @throws Error where it is not as the schema has it */
export function parseKcidb(text: string): KcidbRun {
  const data = JSON.parse(text) as KcidbRun
  if (!isKcidb(data)) throw new Error(JSON.stringify(isKcidb.errors))
  return data
}
