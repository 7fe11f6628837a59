import t from 'tap'
import { formatGrowth, formatInstructions } from '../../runner/terminal/instructions.js'

t.test('a count has three digits', t => {
  const shown = [
    0, 12, 999, 1000, 20_812, 999_499, 999_500, 536_503_026, 999_600_000, 1_414_203_122,
  ]
  t.same(shown.map(formatInstructions), [
    ...['0', '12', '999', '1.00 k', '20.8 k', '999 k', '1.00 M', '537 M', '1.00 G', '1.41 G'],
  ])
  t.end()
})

t.test('growth is a percentage, and `=` where there is none at all', t => {
  t.equal(formatGrowth(1000, 1032), '+3.2 %')
  t.equal(formatGrowth(1000, 968), '-3.2 %')
  t.equal(formatGrowth(100_000, 100_040), '+0.04 %')
  t.equal(formatGrowth(1000, 990), '-1.0 %')
  t.equal(formatGrowth(1000, 1000), '=')
  t.end()
})
