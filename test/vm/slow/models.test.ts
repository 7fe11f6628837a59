import t from 'tap'
import { Sandbox } from '../../fixtures/sandbox.js'
import { checkRecord, runJson } from '../catalogue-run.js'

// Some 80 guests, five minutes on two quiet cores: by `npm run test:slow`.
t.setTimeout(3_000_000)

t.test('each CPU model of QEMU’s comes to the end that is known of it, on 6.1', async t => {
  const sandbox = await Sandbox.create(t)
  const { status, records, stderr } = await runJson(
    sandbox,
    ['debian:bookworm'],
    ...['@models', '--accel', 'tcg'],
  )
  t.equal(status, 0, stderr.slice(-2000))
  t.ok(records.length > 70, `${records.length} models`)
  for (const record of records) checkRecord(t, record)
})
