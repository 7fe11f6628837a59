import t from 'tap'
import { maxPayload, reportOffset } from '../../runner/console/protocol/layout.js'
import { parseReport } from '../../runner/console/protocol/parse-report.js'
import { temporaryFolder } from '../../runner/temporary-folder.js'
import { buildDriver } from './driver.js'

const folder = await temporaryFolder('guest-report')
t.teardown(() => folder[Symbol.asyncDispose]())
const driver = await buildDriver(folder.path)

/** What the host reads of a report that had so many bytes for its records. */
async function reportIn(room: number) {
  const bytes = await driver(['report', String(room)])
  const memory = Buffer.concat([Buffer.alloc(reportOffset), bytes.subarray(1)])
  return { ...parseReport('shared-memory', memory), heldForWhole: bytes[0] === 1 }
}

await t.test('what a record cannot hold is counted in a problem of the report', async t => {
  const report = await reportIn(1_000_000)
  t.ok(report.complete)
  t.ok(report.heldForWhole, 'as the guest says on its console')
  t.same(report.problems, [
    `The guest reports: a record was cut, which had ${'second='.length} bytes more than a record holds.`,
    'The guest reports: /sys: No such device.',
  ])
  t.equal(report.notes.get('first'), 'whole')
  t.equal(report.notes.get('second')?.length, maxPayload - 'second='.length)
  t.equal(report.notes.get('third')?.length, maxPayload - 'third='.length, 'no byte too many')
})

await t.test('numbers and devices', async t => {
  const report = await reportIn(1_000_000)
  t.equal(report.notes.get('none'), '0')
  t.equal(report.notes.get('most'), '18446744073709551615')
  t.same(
    report.devices.map(({ bus, name, driver }) => ({ bus, name, driver })),
    [{ bus: 'pci', name: '0000:00:01.0', driver: null }],
  )
})

await t.test('records that do not fit are lost, and those after them that fit are not', async t => {
  const report = await reportIn(1000)
  t.notOk(report.complete)
  t.notOk(report.heldForWhole)
  t.equal(report.notes.get('first'), 'whole')
  t.notOk(report.notes.has('second'))
  t.notOk(report.notes.has('third'))
  t.equal(report.notes.get('most'), '18446744073709551615')
  t.ok(report.problems.includes('The guest reports: /sys: No such device.'))
  t.notOk((await reportIn(0)).complete)
})
