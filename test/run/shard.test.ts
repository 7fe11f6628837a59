import t from 'tap'
import { divide } from '../../runner/run/shard.js'

const guests = (...ms: number[]) =>
  ms.map((each, place) => ({ spec: 'k', scenario: `s${place}`, ms: each }))
const names = (of: ReturnType<typeof divide>) =>
  of.parts.map(part => part.map(({ scenario }) => scenario))

t.test('the longest go first, each to the part that has the least', t => {
  t.same(names(divide(guests(1, 1, 9, 1, 5, 4), 2)), [
    ['s2', 's0', 's3'].toSorted(),
    ['s1', 's4', 's5'],
  ])
  t.same(names(divide(guests(3, 3, 3, 3), 2)), [
    ['s0', 's2'],
    ['s1', 's3'],
  ])
  t.same(names(divide(guests(1, 2), 3)), [['s1'], ['s0'], []])
  t.same(names(divide(guests(1, 2, 3), 1)), [['s0', 's1', 's2']], 'in the order of the run')
  t.end()
})

t.test('each guest is in one part, and the digest is of the division alone', t => {
  const all = guests(...Array.from({ length: 100 }, (_, place) => (place * 7919) % 97))
  const { parts, digest } = divide(all, 7)
  t.same(
    parts.flat().toSorted((a, b) => all.indexOf(a) - all.indexOf(b)),
    all,
  )
  const sums = parts.map(part => part.reduce((sum, { ms }) => sum + ms, 0))
  t.ok(Math.max(...sums) - Math.min(...sums) <= 97, sums.join(' '))
  t.equal(divide([...all], 7).digest, digest)
  t.not(divide(all, 6).digest, digest)
  t.not(divide(all.slice(1), 7).digest, digest)
  const elsewhere = all.map((guest, place) => (place === 0 ? { ...guest, spec: 'l' } : guest))
  t.not(divide(elsewhere, 7).digest, digest, 'on another kernel')
  t.end()
})
