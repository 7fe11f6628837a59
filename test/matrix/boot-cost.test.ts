import t from 'tap'
import { bootCost } from '../../runner/matrix/boot-cost.js'
import { matrixAsJson } from '../../runner/matrix/json.js'
import { makeMatrix } from '../../runner/matrix/matrix.js'
import { formatMatrix } from '../../runner/matrix/text.js'
import type { GuiseRecord } from '../../runner/record/schema.js'
import { exampleRecord } from '../fixtures/record.js'

function record(
  version: string,
  scenario: string,
  init: number | null,
  changes: Partial<GuiseRecord> = {},
): GuiseRecord {
  const instructions = { firmware: 5, unpacked: 10, detected: null, init, report: null }
  return exampleRecord({
    scenario,
    kernel: { ...exampleRecord().kernel, version, release: version, sha256: version },
    instructions: init === null ? null : instructions,
    ...changes,
  })
}

const column = (...records: readonly GuiseRecord[]) => ({
  records: new Map(records.map(each => [each.scenario, each])),
})

t.test('the sum of the scenarios that came to init on each kernel', t => {
  const cost = bootCost([
    column(record('1', 'a', 1000), record('1', 'b', 2000), record('1', 'dies', 500)),
    column(record('2', 'b', 2020), record('2', 'a', 1010), record('2', 'dies', null)),
  ])
  t.same(cost, { scenarios: ['a', 'b'], sums: [3000, 3030], straying: [] })
  t.end()
})

t.test('counts of different QEMUs are not compared, and that is told', t => {
  const qemu = (version: string) => ({ qemu: { ...exampleRecord().qemu, version } })
  const records = [
    record('6.1.176', 'a', 1000, qemu('7.2.22')),
    record('6.1.192', 'a', 1010, qemu('10.0.13')),
  ]
  const matrix = makeMatrix(records)
  t.equal(matrix.bootCost, null)
  t.same(matrixAsJson(matrix).uncomparedQemus, ['7.2.22', '10.0.13'])
  t.match(
    formatMatrix(matrix, false),
    /^instructions of QEMU 7\.2\.22 and 10\.0\.13 are not compared: /m,
  )
  const same = makeMatrix(
    records.map(each => ({ ...each, qemu: { ...each.qemu, version: '1.0' } })),
  )
  t.same(same.uncomparedQemus, [])
  t.end()
})

t.test('a scenario that a kernel made dearer than it made all', t => {
  const one = column(record('1', 'a', 100_000), record('1', 'b', 1000), record('1', 'c', 1000))
  const two = column(record('2', 'a', 101_000), record('2', 'b', 1030), record('2', 'c', 1019))
  t.same(bootCost([one, two])?.straying, [{ scenario: 'b', costs: [1000, 1030] }])
  t.end()
})

t.test('a kernel without counts takes no part, and hides no other', t => {
  const cost = bootCost([
    column(record('1', 'a', 1000)),
    column(record('2', 'a', null)),
    column(record('3', 'a', 1100)),
  ])
  t.same(cost?.sums, [1000, null, 1100])
  t.equal(bootCost([column(record('1', 'a', null))]), null)
  t.equal(bootCost([]), null)
  t.end()
})

t.test('guests of different QEMUs are not held against each other', t => {
  const other = record('2', 'a', 1100, { qemu: { version: '10.0.13', argv: [] } })
  t.equal(bootCost([column(record('1', 'a', 1000)), column(other)]), null)
  t.end()
})

t.test('it stands in the matrix, and each cell has its own', t => {
  const records = ['a', 'b'].flatMap(name => [
    record('6.1.176', name, 1_370_000_000),
    record('6.1.192', name, name === 'a' ? 1_414_000_000 : 1_600_000_000),
  ])
  const matrix = makeMatrix(records)
  t.same(matrixAsJson(matrix).bootCost?.sums, [2_740_000_000, 3_014_000_000])
  t.same(matrixAsJson(matrix).rows[0]?.cells[1]?.instructions?.init, 1_414_000_000)
  const lines = formatMatrix(matrix, false).split('\n')
  const from = lines.findIndex(line => line.startsWith('instructions'))
  t.same(lines.slice(from, from + 4), [
    'instructions to init  6.1.176  6.1.192',
    'all of 2 scenarios    2.74 G   3.01 G, +10.0 %',
    'a                     1.37 G   1.41 G, +3.2 %',
    'b                     1.37 G   1.60 G, +16.8 %',
  ])
  const one = formatMatrix(makeMatrix(records.slice(0, 2)), false)
  t.match(
    one,
    /^instructions to init {2}6\.1\.176 {2}6\.1\.192\na {21}1\.37 G {3}1\.41 G, \+3\.2 %\n\n/m,
  )
  t.notMatch(formatMatrix(makeMatrix([exampleRecord()]), false), /instructions/)
  t.end()
})
