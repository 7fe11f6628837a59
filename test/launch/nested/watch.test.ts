import t from 'tap'
import { failingOf } from '../../../runner/launch/nested/watch.js'

const idle = { unansweredSince: null, unendedSince: null }

t.test('an agent that does all in time', t => {
  t.equal(failingOf([idle, idle], 100_000), null)
  t.equal(failingOf([idle, { unansweredSince: 70_000, unendedSince: 70_000 }], 100_000), null)
  t.end()
})

t.test('one slot that does not answer is enough, whatever else it leaves undone', t => {
  const silent = { unansweredSince: 69_999, unendedSince: 1 }
  t.strictSame(failingOf([idle, silent], 100_000), { what: 'answer', ms: 30_001 })
  t.end()
})

t.test('an agent that answers, and cannot end a guest', t => {
  const stuck = { unansweredSince: 99_000, unendedSince: 60_000 }
  t.strictSame(failingOf([stuck, idle], 100_000), { what: 'end a guest', ms: 40_000 })
  t.end()
})
