import t from 'tap'
import { deadlinesOf, type DeadlineSource } from '../../runner/plan/deadlines.js'
import { parseScenario } from '../fixtures/scenario.js'

const of = (source: Partial<DeadlineSource>) =>
  deadlinesOf({ accelerator: 'tcg', verbosity: 'full', clock: 'virtual', cpus: 1, ...source })

t.test('the deadlines that are asked for', t => {
  t.same(of({}), { silenceMs: 30_000, totalMs: 120_000 })
  t.same(of({ totalMs: 5000 }), { silenceMs: 30_000, totalMs: 5000 }, 'a shorter total')
  t.same(of({ totalMs: 480_000 }), { silenceMs: 120_000, totalMs: 480_000 })
  const kvm = { accelerator: 'kvm', clock: 'real' } as const
  t.same(of({ ...kvm, totalMs: 900_000 }), { silenceMs: 300_000, totalMs: 900_000 })
  t.same(of({ ...kvm, verbosity: 'quiet', totalMs: 5000 }), { silenceMs: 5000, totalMs: 5000 })
  const nested = { accelerator: 'nested', verbosity: 'quiet', clock: 'real' } as const
  t.same(of(nested), { silenceMs: 180_000, totalMs: 180_000 })
  t.end()
})

t.test('many vCPUs are given more time, and more silence', t => {
  t.same(of({ cpus: 8 }), of({}))
  t.same(of({ cpus: 64 }), { silenceMs: 240_000, totalMs: 960_000 })
  t.same(of({ cpus: 64, totalMs: 5000 }), { silenceMs: 240_000, totalMs: 5000 }, 'a shorter total')
  t.end()
})

t.test('a silence that is expected in a function is looked at soon, on virtual time', t => {
  const expected = (expect: string) => parseScenario(`expect: [{ ${expect} }]`).expect[0]
  const hang = expected('outcome: hang')
  const expectation = expected('outcome: hang, stuck-in: find_num_cache_leaves')
  t.equal(of({ expectation }).silenceMs, 10_000)
  t.equal(of({ expectation, clock: 'real' }).silenceMs, 30_000)
  t.equal(of({ expectation: hang }).silenceMs, 30_000)
  t.end()
})
