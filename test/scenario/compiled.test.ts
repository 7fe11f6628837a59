import { appendFileSync, copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { scenariosFolder } from '../../runner/paths.js'
import { compileCatalogue, readCompiledCatalogue } from '../../runner/scenario/compiled.js'
import { catalogueFiles, loadScenarios } from '../../runner/scenario/load.js'

t.test('what is read is what was compiled, until a file changes', t => {
  const root = t.testdir({ scenarios: {} })
  const folder = join(root, 'scenarios')
  const path = join(root, 'catalogue.json')
  for (const name of ['kvm.yaml', 'xen.yaml']) {
    copyFileSync(join(scenariosFolder, name), join(folder, name))
  }
  const scenarios = loadScenarios(catalogueFiles(folder))
  t.equal(readCompiledCatalogue(folder, path), null, 'nothing compiled yet')
  writeFileSync(path, compileCatalogue(folder, scenarios))
  t.same(readCompiledCatalogue(folder, path), scenarios)
  appendFileSync(join(folder, 'xen.yaml'), '# changed\n')
  t.equal(readCompiledCatalogue(folder, path), null, 'a file changed')
  t.end()
})

t.test('a compiled catalogue that is cut short counts for nothing', t => {
  const folder = t.testdir({ 'catalogue.json': '{"digest": "' })
  t.equal(readCompiledCatalogue(scenariosFolder, join(folder, 'catalogue.json')), null)
  t.end()
})
