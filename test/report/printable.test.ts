import t from 'tap'
import { consoleTail, printable } from '../../runner/report/printable.js'

t.test('nothing that a terminal obeys comes through', t => {
  for (const [raw, shown] of [
    ['\u001b[2J\u001b[31mred', '\\x1b[2J\\x1b[31mred'],
    ['a\rb', 'a\\x0db'],
    ['a\nb', 'a\\x0ab'],
    ['\u009b31m', '\\x9b31m'],
    ['\u202eevil', '\\u{202e}evil'],
    ['zero\u200bwidth', 'zero\\u{200b}width'],
    ['\u2028line', '\\u{2028}line'],
    ['\ufffd', '\ufffd'],
    ['naïve ☃', 'naïve ☃'],
    ['\u0007\u0008\u007f', '\\x07\\x08\\x7f'],
  ] as const) {
    t.equal(printable(raw), shown)
  }
  t.end()
})

t.test('the tail of a console: last lines, no carriage returns, bad UTF-8 replaced', t => {
  const console = Buffer.concat([
    Buffer.from('one\r\ntwo\r\n'),
    Buffer.from([0xff, 0xfe, 0x41]),
    Buffer.from('\r\n\u001b]0;title\u0007end\r\n'),
  ])
  t.same(consoleTail(console, 3), ['two', '\ufffd\ufffdA', '\\x1b]0;title\\x07end'])
  t.same(consoleTail(Buffer.alloc(0), 3), [], 'nothing has no last line')
  t.end()
})
