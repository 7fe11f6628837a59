import t from 'tap'
import { consoleExcerpt } from '../../../runner/launch/nested/console-excerpt.js'

const numbered = (name: string) => Array.from({ length: 40 }, (_, index) => `${name} ${index}`)

t.test('from the first fatal line on', t => {
  const console = [...numbered('boot'), 'int3: 0000 [#1]', ...numbered('register')].join('\r\n')
  const lines = consoleExcerpt(console).split('\n')
  t.equal(lines[0], 'int3: 0000 [#1]')
  t.equal(lines.at(-1), 'register 13')
  t.end()
})

t.test('or else the end', t => {
  const lines = consoleExcerpt(`${numbered('boot').join('\n')}\n\n`).split('\n')
  t.same([lines[0], lines.at(-1)], ['boot 25', 'boot 39'])
  t.equal(consoleExcerpt(''), '')
  t.end()
})
