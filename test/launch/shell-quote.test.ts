import { execaSync } from 'execa'
import t from 'tap'
import { shellQuote } from '../../runner/launch/shell-quote.js'

t.test('a shell takes the line apart into the same words', t => {
  const words = [
    'printf',
    '%s\\0',
    'plain',
    '',
    'a b',
    "it's",
    '$HOME `x` "y"',
    'x=1,y;z&',
    '*',
    '\n',
  ]
  const { stdout } = execaSync('sh', ['-c', shellQuote(words)])
  t.same(stdout.split('\0').slice(0, -1), words.slice(2))
  t.end()
})
