import t from 'tap'
import { ControlReader, type GuestWord } from '../../runner/shell/control-line.js'

const said = Buffer.concat([
  Buffer.from('ready\nout 4\na\n\0b'),
  Buffer.from('err 2\nxy'),
  Buffer.from('out 0\nexit 137\n'),
])

t.test('words are the same in whatever pieces they come', t => {
  const expected: GuestWord[] = [
    { kind: 'ready' },
    { kind: 'out', bytes: Buffer.from('a\n\0b') },
    { kind: 'err', bytes: Buffer.from('xy') },
    { kind: 'out', bytes: Buffer.alloc(0) },
    { kind: 'exit', status: 137 },
  ]
  for (let size = 1; size <= said.length; size += 1) {
    const words: GuestWord[] = []
    const reader = new ControlReader(word => words.push(word))
    for (let at = 0; at < said.length; at += size) reader.add(said.subarray(at, at + size))
    t.same(words, expected, `pieces of ${size}`)
  }
  t.end()
})

t.test('what is none of the protocol is refused, and nothing is waited for for ever', t => {
  for (const text of ['hello\n', 'out x\n', 'out 99999999\n', 'exit\x1b 0\n', 'x'.repeat(65)]) {
    const reader = new ControlReader(() => undefined)
    t.throws(() => {
      reader.add(Buffer.from(text))
    }, /expected a word of its protocol/)
  }
  t.end()
})
