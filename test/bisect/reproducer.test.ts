import t from 'tap'
import { reproducer } from '../../runner/bisect/reproducer.js'

const bad = { id: 'b'.repeat(40), subject: 'last' }
const tree = { question: { tree: '/linux', bad }, found: 'f'.repeat(40), parent: 'a'.repeat(40) }
const packages = {
  question: { tree: null, bad: { id: 'debian:trixie', subject: '6.12.118' } },
  found: 'debian:6.12.1',
  parent: 'debian:6.11.2',
}
const more = {
  words: ['hyperv', 'mine.yaml:mine'],
  options: ['--accel', 'tcg'],
  buildOptions: ['--kconfig', 'kasan'],
}

t.test('a failure is run again', t => {
  const after = [{ verdict: 'pass' }, { verdict: 'fail' }] as const
  t.same(
    reproducer({ ...tree, ...more, after }).join(' '),
    'run hyperv mine.yaml:mine --kernel /linux --accel tcg',
  )
  t.same(
    reproducer({ ...packages, ...more, after }).join(' '),
    'run hyperv mine.yaml:mine --kernel debian:6.12.1 --accel tcg',
  )
  t.same(
    reproducer({ ...packages, ...more, found: null, parent: null, after: [] }).join(' '),
    'run hyperv mine.yaml:mine --kernel debian:trixie --accel tcg',
  )
  t.end()
})

t.test('what passes before and after is compared', t => {
  const after = [{ verdict: 'pass' }, { verdict: 'pass' }] as const
  t.same(
    reproducer({ ...tree, ...more, after }).join(' '),
    'compare aaaaaaaaaaaa ffffffffffff hyperv mine.yaml:mine --tree /linux --kconfig kasan --accel tcg',
  )
  t.same(
    reproducer({ ...packages, ...more, after }).join(' '),
    'compare debian:6.11.2 debian:6.12.1 hyperv mine.yaml:mine --accel tcg',
  )
  t.end()
})
