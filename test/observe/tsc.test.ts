import t from 'tap'
import { observeTsc } from '../../runner/observe/tsc.js'

const served = (khz: number | null, why: string | null = null) => ({ khz, why })
const crystal = { leaf: 0x15, khz: 3_504_000 }
const base = { leaf: 0x16, khz: 3_500_000 }
const timing = { leaf: 0x40000010, khz: 1_234_567 }

t.test('told is true where the TSC counts at it, to a thousandth', t => {
  t.equal(observeTsc([crystal], served(3_504_000)).isTrue, true)
  t.equal(observeTsc([crystal], served(3_507_000)).isTrue, true)
  t.equal(observeTsc([crystal], served(3_508_000)).isTrue, false)
  t.equal(observeTsc([base], served(1_000_000)).isTrue, false)
  t.end()
})

t.test('beside 0x15 the base frequency says nothing of the TSC; the timing leaf does', t => {
  t.equal(observeTsc([crystal, base], served(3_504_000)).isTrue, true)
  t.equal(observeTsc([base], served(3_504_000)).isTrue, false)
  t.equal(observeTsc([crystal, timing], served(3_504_000)).isTrue, false)
  t.end()
})

t.test('of nothing told, and of an unknown rate, nothing is said', t => {
  t.equal(observeTsc([], served(2_596_000)).isTrue, null)
  t.strictSame(observeTsc([crystal], served(null, 'it is not known')), {
    told: [crystal],
    counts: null,
    isTrue: null,
    why: 'it is not known',
  })
  t.end()
})
