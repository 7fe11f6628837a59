import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { scenariosFolder } from '../../runner/paths.js'
import { catalogueFiles, loadScenarios } from '../../runner/scenario/load.js'

// The page is made of records by scripts/composition-table.js; a scenario that came or went since then makes it stale.
const page = readFileSync(join(scenariosFolder, 'COMPOSITIONS.md'), 'utf8')
const rows = [...page.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map(match => match[1] ?? '')
const catalogue = loadScenarios(catalogueFiles(scenariosFolder))

t.test('the page of compositions has a row for each scenario that a stock kernel runs', t => {
  t.same(
    rows.filter(name => !catalogue.some(scenario => scenario.name === name)),
    [],
    'a row whose scenario is gone',
  )
  t.equal(new Set(rows).size, rows.length)
  const missing = catalogue.filter(({ name }) => !rows.includes(name))
  t.same(
    missing
      .filter(({ hypervisorLeaves }) => hypervisorLeaves !== null)
      .filter(({ kernel }) => kernel.config.length === 0 && kernel.version === undefined)
      .map(({ name }) => name),
    [],
    'a scenario with leaves of hypervisors that asks nothing of its kernel, and has no row',
  )
  t.end()
})
