import t from 'tap'
import { cpusInWords, parseCpus, rangesOf } from '../../runner/cpuid/cpu-list.js'

t.test('vCPUs are a number, a list or a range', t => {
  t.same(parseCpus(2), [2])
  t.same(parseCpus([2, 0, 2]), [0, 2])
  t.same(parseCpus('4-7'), [4, 5, 6, 7])
  t.same(parseCpus([9, '0-1']), [0, 1, 9])
  for (const bad of [-1, 1.5, 1024, '7-4', '4', '4-', 'x', '0-1024', [], ['a']]) {
    t.equal(parseCpus(bad), null, JSON.stringify(bad))
  }
  t.end()
})

t.test('runs of numbers are ranges', t => {
  t.same(rangesOf([0, 2, 3, 4]), [
    { first: 0, last: 0 },
    { first: 2, last: 4 },
  ])
  t.equal(cpusInWords([1]), 'CPU 1')
  t.equal(cpusInWords([0, 2, 3, 5, 6, 7]), 'CPUs 0, 2, 3, 5-7')
  t.end()
})
