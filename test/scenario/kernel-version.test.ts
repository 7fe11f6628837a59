import t from 'tap'
import {
  compareVersions,
  parseRange,
  parseVersion,
  seriesOf,
} from '../../runner/scenario/kernel-version.js'

function version(text: string) {
  const parsed = parseVersion(text)
  if (parsed === null) throw new Error(`${text} is a version`)
  return parsed
}

t.test('kernels count so', t => {
  const ascending = [
    '2.6.32.71',
    '4.19.325-cip118',
    '5.10.223',
    '5.16-rc2',
    '5.16',
    '6.1.120',
    '6.1.121-1-amd64',
    '6.12.95+deb12-cloud-amd64',
    '6.18.0-rc3',
    '6.18.0-rc3-next-20251110',
    '6.18.0',
    '6.18.0+',
    '6.18.1',
    '7.3.0-rc4',
    'v7.3',
    '7.3.4',
    '10.0',
  ].map(version)
  ascending.forEach((lower, index) => {
    for (const higher of ascending.slice(index + 1)) {
      t.ok(compareVersions(lower, higher) < 0)
      t.ok(compareVersions(higher, lower) > 0)
    }
  })
  t.end()
})

t.test('what a distribution or a builder adds counts for nothing', t => {
  for (const [a, b] of [
    ['6.1.192', '6.1.192-cloud-amd64'],
    ['5.15.0-76-generic', '5.15'],
    ['7.3', '7.3.0'],
    ['6.12.0-55.el10.x86_64', '6.12'],
    ['6.19.0-rc3', '6.19-rc3-virtme'],
  ] as const) {
    t.equal(compareVersions(version(a), version(b)), 0, `${a} is ${b}`)
  }
  t.end()
})

t.test('a tree past its tag is after the tag and before the next', t => {
  for (const tree of ['6.19.0-rc3+', '6.19.0-rc3-00042-gdeadbeef1234', '6.19.0-rc3-dirty']) {
    t.ok(compareVersions(version(tree), version('6.19.0-rc3')) > 0, tree)
    t.ok(compareVersions(version(tree), version('6.19.0-rc4')) < 0, tree)
  }
  t.end()
})

t.test('no version', t => {
  for (const text of ['', 'next-20260101', 'linux', 'rc4']) t.equal(parseVersion(text), null, text)
  t.end()
})

t.test('series', t => {
  t.equal(seriesOf(version('6.1.192-cloud')), '6.1')
  t.equal(seriesOf(version('7.3-rc4')), '7.3')
  t.end()
})

t.test('ranges', t => {
  const cases: [range: string, inside: string[], outside: string[]][] = [
    ['>=5.10', ['5.10', '5.10.223', '6.1'], ['5.9.99', '5.10-rc7']],
    ['>=5.16-rc2 || >=5.15.7 <5.16-rc1', ['5.16-rc2', '5.16', '5.15.7'], ['5.15.6', '5.16-rc1']],
    ['6.1', ['6.1', '6.1.192', '6.1-rc3'], ['6.12', '6.10.1', '6.2']],
    ['=6.1.121', ['6.1.121'], ['6.1.12', '6.1.1210']],
    ['<6.1.121', ['6.1.120', '5.10', '6.1.121-rc1'], ['6.1.121', '6.12.5']],
    ['> 6.1 <=6.12', ['6.1.1', '6.12'], ['6.1', '6.12.1']],
    ['>=7.3', ['7.3.0'], ['7.3.0-rc4']],
  ]
  for (const [range, inside, outside] of cases) {
    const holds = parseRange(range)
    for (const text of inside) t.equal(holds?.(version(text)), true, `${text} in ${range}`)
    for (const text of outside) t.equal(holds?.(version(text)), false, `${text} not in ${range}`)
  }
  for (const bad of ['', '6.x', '>=', '>>6', '6.1 or 6.2', '>=6.1 ||', 'latest', '>=6.1,<7']) {
    t.equal(parseRange(bad), null, bad)
  }
  t.end()
})
