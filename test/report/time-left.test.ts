import t from 'tap'
import { TimeLeft } from '../../runner/report/time-left.js'

const cheap = ['a', 'b', 'c', 'd'].map(name => ({ name, fidelity: 'cpuid' as const }))
const dear = { name: 'e', fidelity: 'kvm' as const }

t.test('by what guests of a fidelity cost, and how many run at a time', t => {
  const left = new TimeLeft([...cheap, dear], 2)
  t.equal(left.leftMs(0), (4 * 2500 + 5500) / 2)
  left.start('a', 0)
  left.start('e', 0)
  t.equal(left.leftMs(1000), (3 * 2500 + 1500 + 4500) / 2, 'it counts down')
  left.end('a', 1000)
  t.equal(left.leftMs(1000), 4500, 'cheap ones take 1 s here; the dear one takes longest')
  left.end('b', 1000)
  left.end('c', 1000)
  left.end('d', 1000)
  left.end('e', 9000)
  t.equal(left.leftMs(9000), 0, 'skipped ones cost nothing')
  t.end()
})
