import t from 'tap'
import { windowSize } from '../../runner/terminal/window-size.js'

t.test('a terminal that was never given a size has none', t => {
  t.same(windowSize({ rows: 24, columns: 80 }), { rows: 24, columns: 80 })
  t.equal(windowSize({ rows: 0, columns: 0 }), null)
  t.equal(windowSize({}), null, 'as a stream that is no terminal')
  t.end()
})
