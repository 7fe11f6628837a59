import t from 'tap'
import {
  groupsOf,
  isFileName,
  selectScenarios,
  splitFileWord,
} from '../../runner/scenario/select.js'
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

t.test('globs, of names and of groups', t => {
  t.same(names(['vmware*']), ['vmware', 'vmware-dmi'])
  t.same(names(['*-vmware', 'hyper?']), ['kvm-behind-vmware', 'hyperv'])
  t.same(names(['*']), names([]))
  t.same(names(['@h*']), ['hyperv'])
  t.same(names(['[hk]*']), ['kvm-behind-vmware', 'hyperv'])
  t.same(names(['[!hk]*']), ['vmware', 'vmware-dmi'])
  t.throws(() => names(['*.*']), { message: /^no scenario matches `\*\.\*`: see `guise list`$/ })
  t.throws(() => names(['[']), { message: /^no scenario matches `\[`/ }, 'no regular expression')
  t.throws(() => names(['vmwar?x']), { message: /: did you mean vmware?/ })
  t.end()
})

t.test('unknown words are all told, with the names nearest to them, and the groups', t => {
  const groups = 'the groups: @behind @dmi @hyperv @kvm @vmware'
  t.throws(() => names(['vmwar', '@hypervv', 'zzzzzz', '@nosuch']), {
    name: 'InputError',
    message: [
      'unknown scenario `vmwar`: did you mean vmware, vmware-dmi, kvm-behind-vmware?',
      `unknown group \`@hypervv\`: did you mean @hyperv? ${groups}`,
      'unknown scenario `zzzzzz`: see `guise list`',
      `unknown group \`@nosuch\`: ${groups}`,
    ].join('\n'),
  })
  t.throws(() => names(['@']), { message: `unknown group \`@\`: ${groups}` })
  t.end()
})

t.test('groups with how many scenarios each has', t => {
  t.same(groupsOf(catalogue), [
    { name: 'behind', count: 1 },
    { name: 'dmi', count: 1 },
    { name: 'hyperv', count: 1 },
    { name: 'kvm', count: 1 },
    { name: 'vmware', count: 3 },
  ])
  t.end()
})

t.test('what is a file or a folder, and which of its scenarios', t => {
  for (const word of ['./x', 'mine.yaml', '.', '..', 'dir/', 'mine.yaml:one', 'a/b.yaml:one-*']) {
    t.ok(isFileName(word), word)
  }
  for (const word of ['vmware', '@mix', 'vm*', 'a:b']) t.notOk(isFileName(word), word)
  t.same(splitFileWord('a/b.yaml:one-*'), { path: 'a/b.yaml', names: 'one-*' })
  t.same(splitFileWord('a/b:c/d.yaml'), { path: 'a/b:c/d.yaml', names: null })
  t.same(splitFileWord('.'), { path: '.', names: null })
  t.end()
})
