import t from 'tap'
import { groupMeanings } from '../../runner/scenario/group-meanings.js'
import { catalogueFiles, loadScenarios } from '../../runner/scenario/load.js'
import { groupsOf } from '../../runner/scenario/select.js'

t.test('each group of the catalogue has a meaning, and each meaning a group', t => {
  const groups = groupsOf(loadScenarios(catalogueFiles())).map(({ name }) => name)
  t.same(Object.keys(groupMeanings), groups)
  t.end()
})
