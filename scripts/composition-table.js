#!/usr/bin/env node
// usage: node scripts/composition-table.js FOLDER [SCENARIO...]
//
// Prints, as a Markdown table, what the records of a run say of offers and adoptions: runner/scenarios/COMPOSITIONS.md is made by it.
// FOLDER is a kernel's folder of records, as `guise run --output` leaves it.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'

const [folder, ...wanted] = process.argv.slice(2)
if (folder === undefined) {
  process.stderr.write('usage: node scripts/composition-table.js FOLDER [SCENARIO...]\n')
  process.exit(2)
}
const records = new Map(
  readdirSync(folder)
    .filter(name => name.endsWith('.json'))
    .map(name => JSON.parse(readFileSync(join(folder, name), 'utf8')))
    .filter(({ outcome, verdict }) => outcome !== null && verdict === 'pass')
    .map(record => [record.scenario, record]),
)
const names = wanted.length > 0 ? wanted : [...records.keys()].sort()

const code = text => `\`${text}\``

/** The interfaces that were offered or adopted, but for the names and what follows from them. */
function ids({ interfaces }, which, isShown) {
  return interfaces
    .filter(each => each[which] !== null && isShown(each.owner))
    .map(({ id }) => id)
    .filter(id => !/^(banner|tsc-frequency)\./.test(id))
}

function row(record) {
  const { scenario, identity, composition, outcome, accel } = record
  const identities = record.interfaces
    .filter(({ id, offered }) => id.startsWith('identity.') && offered !== null)
    .map(({ offered }) => offered)
  // A table of hypervisors: the platform's own interfaces are told where there is no hypervisor to tell of.
  const isShown = owner => owner !== 'platform' || identities.length === 0
  const isNoIdentity = id => !id.startsWith('identity.')
  const adopted = ids(record, 'adopted', isShown).filter(isNoIdentity)
  const idle = ids(record, 'offered', isShown).filter(
    id => isNoIdentity(id) && !adopted.includes(id),
  )
  const list = (found, none) => found.map(code).join(', ') || none
  const ended = outcome === 'reported' ? '' : `; then ${outcome}`
  return [
    code(scenario),
    identities.join(', ') || 'none',
    `${identity.hypervisor ?? 'none'}${ended}`,
    list(adopted, 'nothing'),
    list(idle, 'nothing'),
    composition.mixed ? composition.owners.join(' + ') : 'no',
    composition.violations.length === 0 ? 'none' : String(composition.violations.length),
    accel,
  ]
}

const heading = [
  'scenario',
  'identities offered',
  'detected',
  'adopted',
  'left alone',
  'mixed',
  'violations',
  'on',
]
const rows = names.flatMap(name => (records.has(name) ? [row(records.get(name))] : []))
const missing = names.filter(name => !records.has(name))
for (const cells of [heading, heading.map(() => '---'), ...rows]) {
  process.stdout.write(`| ${cells.join(' | ')} |\n`)
}
if (missing.length > 0) {
  process.stderr.write(`no record of: ${missing.join(', ')}\n`)
  process.exit(1)
}
