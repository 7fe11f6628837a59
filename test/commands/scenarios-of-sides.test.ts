import t from 'tap'
import { requireAny } from '../../runner/commands/scenarios-of-sides.js'
import { subjectOfRecord } from '../../runner/compare/subject.js'
import { exampleRecord } from '../fixtures/record.js'
import { parseScenario } from '../fixtures/scenario.js'

t.test('a filter that leaves nothing of either side is told', t => {
  const side = (name: string, scenario: string) => ({
    name,
    subjects: [subjectOfRecord(exampleRecord({ scenario }))],
  })
  const test = { ...parseScenario(''), name: 'test' }
  requireAny([test], 'x', [side('a', 'other'), side('b', 'test')])
  t.throws(
    () => {
      requireAny([test], 'name = test', [side('a', 'other'), side('b', 'another')])
    },
    { message: '--filter: expected a scenario of a or b for which `name = test` holds, got none' },
  )
  t.end()
})
