import t from 'tap'
import { lineCounts } from '../../runner/console/line-counts.js'

t.test('a line of the file is a line of the console', t => {
  t.same(lineCounts('0 5692474\n40 5719611\n22804 1436197112\n'), [
    { bytes: 0, instructions: 5_692_474 },
    { bytes: 40, instructions: 5_719_611 },
    { bytes: 22_804, instructions: 1_436_197_112 },
  ])
  t.end()
})

t.test('a line that was cut short is none, and neither is one that says something else', t => {
  t.same(lineCounts('40 571'), [])
  t.same(lineCounts('40 57\n22804 14'), [{ bytes: 40, instructions: 57 }])
  t.same(lineCounts('a 1\n1 b\n 1 2\n1 2 3\n-1 2\n1  2\n'), [])
  t.same(lineCounts(''), [])
  t.end()
})
