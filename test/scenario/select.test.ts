import t from 'tap'
import { isFileName, selectScenarios } from '../../runner/scenario/select.js'
import { parseScenario } from '../fixtures/scenario.js'

const catalogue = ['vmware', 'vmware-dmi', 'kvm-behind-vmware', 'hyperv'].map(name => ({
  ...parseScenario(`groups: [${name.split('-').join(', ')}]`),
  name,
}))
const names = (words: string[]) => selectScenarios(catalogue, words).map(({ name }) => name)

t.test('names, groups, and all', t => {
  t.same(names(['vmware', 'hyperv']), ['vmware', 'hyperv'])
  t.same(names(['vmware', '@vmware'])[0], 'vmware')
  t.equal(names(['vmware', '@vmware']).filter(name => name === 'vmware').length, 1)
  t.equal(names([]).length, catalogue.length)
  t.end()
})

t.test('unknown words are all told, with the names nearest to them', t => {
  t.throws(() => names(['vmwar', '@hypervv', 'zzzzzz']), {
    name: 'InputError',
    message: [
      'unknown scenario `vmwar`: did you mean vmware, vmware-dmi, kvm-behind-vmware?',
      'unknown group `@hypervv`: did you mean @hyperv?',
      'unknown scenario `zzzzzz`: see `guise list`',
    ].join('\n'),
  })
  t.end()
})

t.test('what is a file', t => {
  t.ok(isFileName('./x'))
  t.ok(isFileName('mine.yaml'))
  t.notOk(isFileName('vmware'))
  t.notOk(isFileName('@mix'))
  t.end()
})
