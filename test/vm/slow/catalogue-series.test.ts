import t from 'tap'
import { scenariosFolder } from '../../../runner/paths.js'
import { catalogueFiles, loadScenarios } from '../../../runner/scenario/load.js'
import { Sandbox } from '../../fixtures/sandbox.js'
import { checkMatrix, checkRecord, runJson } from '../catalogue-run.js'

// Some 700 guests, half an hour on two quiet cores: by `npm run test:slow`.
t.setTimeout(7_200_000)

t.test('all of the catalogue that leaves are enough for, on five series', async t => {
  const sandbox = await Sandbox.create(t)
  const suites = ['bullseye', 'bookworm', 'trixie', 'forky', 'trixie-backports']
  const kernels = suites.map(suite => `debian:${suite}`)
  const words = loadScenarios(catalogueFiles(scenariosFolder))
    .filter(({ groups }) => !groups.includes('models'))
    .map(({ name }) => name)
  const { status, records, stderr } = await runJson(sandbox, kernels, ...words, '--accel', 'tcg')
  for (const record of records) checkRecord(t, record)
  t.equal(status, 0, stderr.slice(-2000))
  t.equal(new Set(records.map(({ kernel }) => kernel.release)).size, suites.length)
  checkMatrix(t, records)
})
