import t from 'tap'
import {
  drawsOver,
  isTerminal,
  terminalWidth,
  wantsColour,
} from '../../runner/terminal/capabilities.js'

const terminal = { isTTY: true, columns: 120 }

t.test('what is no terminal gets neither colours nor lines that are drawn over', t => {
  for (const stream of [{}, { isTTY: false }]) {
    t.notOk(isTerminal(stream))
    t.notOk(drawsOver(stream, { TERM: 'xterm' }))
    t.notOk(wantsColour(stream, { TERM: 'xterm' }))
  }
  t.end()
})

t.test('a terminal gets both, unless it is dumb or somebody objects', t => {
  t.ok(drawsOver(terminal, {}))
  t.ok(wantsColour(terminal, { TERM: 'xterm', NO_COLOR: '' }), 'an empty NO_COLOR is none')
  t.notOk(wantsColour(terminal, { TERM: 'xterm', NO_COLOR: '1' }))
  t.ok(drawsOver(terminal, { NO_COLOR: '1' }))
  t.notOk(drawsOver(terminal, { TERM: 'dumb' }))
  t.notOk(wantsColour(terminal, { TERM: 'dumb' }))
  t.end()
})

t.test('a terminal that was never given a size has the usual one', t => {
  t.equal(terminalWidth(terminal), 120)
  t.equal(terminalWidth({ isTTY: true, columns: 0 }), 80)
  t.equal(terminalWidth({ isTTY: true }), 80)
  t.end()
})
