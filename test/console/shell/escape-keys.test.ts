import t from 'tap'
import { EscapeKeys } from '../../../runner/console/shell/escape-keys.js'

/** What is typed in these pieces comes to. */
function typed(...pieces: string[]): { text: string; keys: readonly string[] } {
  const keys = new EscapeKeys()
  const all = pieces.map(piece => keys.feed(Buffer.from(piece, 'latin1')))
  return {
    text: Buffer.concat(all.map(({ bytes }) => bytes)).toString('latin1'),
    keys: all.flatMap(each => each.keys),
  }
}

t.test('what is typed goes to the guest, byte for byte', t => {
  const text = '\x00\x02ls\r\x03\x1b[A\xff'
  t.same(typed(text), { text, keys: [] })
  t.end()
})

t.test('Ctrl-A X and Ctrl-A H are for guise, in one piece or two', t => {
  t.same(typed('a\x01xb'), { text: 'ab', keys: ['end'] })
  t.same(typed('a\x01', 'X'), { text: 'a', keys: ['end'] })
  t.same(typed('\x01h\x01?'), { text: '', keys: ['help', 'help'] })
  t.same(typed('\x01\x18'), { text: '', keys: ['help'] }, 'any other key tells what there is')
  t.end()
})

t.test('Ctrl-A twice is Ctrl-A', t => {
  t.same(typed('\x01\x01x'), { text: '\x01x', keys: [] })
  t.end()
})
