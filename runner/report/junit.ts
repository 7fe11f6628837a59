import { hostname } from 'node:os'
import { formatQemus, type Reporter, whyMissing } from './reporter.js'
import { countVerdicts, rerunLines, summarise } from './summary.js'
import {
  byKernel,
  type KernelResults,
  type Result,
  wholeReporter,
  type WholeRun,
} from './whole-reporter.js'
import { troubleLines } from './trouble-lines.js'
import { xmlAttributes, xmlText } from './xml.js'

/**
 * JUnit's XML, as Jenkins and GitLab read it: a test suite of each kernel. It holds by the schema of Ant's task, too, which is the stricter
 * one: all attributes of a suite are there, and nothing beside a test case's result, which has all that is to be said.
 *
 * @param now - the time that suites bear whose run did not say when it began
 */
export function junitReporter(now: () => Date = () => new Date()): Reporter {
  return wholeReporter(run => {
    const suites = byKernel(run).map((kernel, index) => suiteOf(kernel, index, run, now()))
    return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join('')}${cutShort(run, suites.length, now())}</testsuites>\n`
  })
}

function suiteOf(kernel: KernelResults, id: number, { heading }: WholeRun, now: Date): string {
  const records = kernel.results.map(({ record }) => record)
  const { fail, error, skip } = countVerdicts(records)
  const name = kernel.name
  const properties = {
    kernel: records[0]?.kernel.spec ?? kernel.kernel.release,
    release: kernel.kernel.release,
    sha256: kernel.kernel.sha256,
    qemu: formatQemus(heading.qemus),
    accelerator: [...new Set(records.map(({ accel }) => accel))].join(', ') || heading.accelerator,
    ...(heading.output === '' ? {} : { results: heading.output }),
  }
  const cases = kernel.results.map(result => caseOf(result, kernel))
  const left = kernel.notRun.map(({ scenario }) =>
    testCase(scenario, kernel, 0, `<skipped message="not run, for --fail-fast"/>`),
  )
  const counts = {
    tests: records.length + kernel.notRun.length,
    failures: fail,
    errors: error,
    skipped: skip + kernel.notRun.length,
  }
  const time = seconds(records.reduce((total, { timing }) => total + (timing?.total ?? 0), 0))
  const notes = rerunLines(records).map(line => `run again: ${line}`)
  return suite(
    { name, id, counts, time, started: heading.started ?? now },
    properties,
    [...cases, ...left],
    notes,
  )
}

/** A suite that fails, where guests have no record: a reader of the counts alone must not take it for whole. */
function cutShort({ missing, heading }: WholeRun, id: number, now: Date): string {
  if (missing === 0) return ''
  const why = `${whyMissing(heading)}: ${missing} of ${heading.total} guests have no record`
  const point = `    <testcase${xmlAttributes({ name: 'the whole run', classname: 'guise', time: '0' })}><error${xmlAttributes({ type: 'cut-short', message: why })}/></testcase>\n`
  const counts = { tests: 1, failures: 0, errors: 1, skipped: 0 }
  return suite(
    { name: 'guise', id, counts, time: '0', started: heading.started ?? now },
    { accelerator: heading.accelerator },
    [point],
    [],
  )
}

function suite(
  of: {
    name: string
    id: number
    counts: Readonly<Record<string, number>>
    time: string
    started: Date
  },
  properties: Readonly<Record<string, string>>,
  cases: readonly string[],
  notes: readonly string[],
): string {
  const attributes = xmlAttributes({
    name: of.name,
    package: 'guise',
    id: of.id,
    ...of.counts,
    time: of.time,
    // Ant's schema knows of no time zone.
    timestamp: of.started.toISOString().slice(0, 19),
    hostname: hostname() || 'localhost',
  })
  const list = Object.entries(properties).map(
    ([name, value]) => `      <property${xmlAttributes({ name, value })}/>\n`,
  )
  return [
    `  <testsuite${attributes}>\n`,
    `    <properties>\n${list.join('')}    </properties>\n`,
    ...cases,
    `    <system-out>${xmlText(notes.join('\n'))}</system-out>\n    <system-err/>\n`,
    '  </testsuite>\n',
  ].join('')
}

function caseOf({ record, details }: Result, kernel: KernelResults): string {
  const message = record.why.join('; ') || summarise(record)
  const type = record.outcome ?? 'not started'
  const body = () =>
    xmlText(
      [
        ...troubleLines(record, details),
        ...(details.consoleTail.length === 0
          ? []
          : ['', 'the console’s end:', ...details.consoleTail]),
      ].join('\n'),
    )
  const result = {
    pass: () => '',
    skip: () => `<skipped${xmlAttributes({ message })}/>`,
    fail: () => `<failure${xmlAttributes({ message, type })}>${body()}</failure>`,
    error: () => `<error${xmlAttributes({ message, type })}>${body()}</error>`,
  }[record.verdict]
  return testCase(record.scenario, kernel, record.timing?.total ?? 0, result())
}

function testCase(name: string, { kernel }: KernelResults, ms: number, content: string): string {
  // Viewers take the dots for a tree of packages.
  const classname = `guise.${kernel.version.replaceAll('.', '_')}`
  return `    <testcase${xmlAttributes({ name, classname, time: seconds(ms) })}>${content}</testcase>\n`
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3)
}
