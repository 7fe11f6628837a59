import t from 'tap'
import { inRange, lowestVersion } from '../../runner/scenario/condition.js'

t.test('the lowest version of several ranges', t => {
  t.equal(lowestVersion('10.0'), '10.0')
  t.equal(lowestVersion('10.0', '>=8.0'), '10.0')
  t.equal(lowestVersion('10.0', '>=10.0.5'), '10.0.5')
  t.equal(lowestVersion('>=11.1', '>=8.0 || <6'), '11.1')
  t.equal(lowestVersion('<6'), '0')
  t.equal(lowestVersion('5.2', '<6', '>5'), '5.2')
  t.equal(lowestVersion('>10.0', '<10.0.5'), '10.0.0.1')
  t.equal(lowestVersion('>9.2.4', '<=10 || >=12'), '9.2.4.1')
  t.equal(lowestVersion('=9.2.4', '<9.2.5 || >9.2.3'), '9.2.4')
  t.end()
})

t.test('ranges that do not meet have none', t => {
  for (const ranges of [
    ['10.0', '<10.0'],
    ['10.0', '>=10.1'],
    ['<8 || >=11', '>=9 <10'],
    ['>10.0', '<=10.0'],
  ]) {
    t.equal(lowestVersion(...ranges), null, ranges.join(' and '))
  }
  t.end()
})

t.test('one is found wherever some version lies in all of them', t => {
  const ranges = [
    '10.0',
    '>=10.0.2',
    '<10.0.2',
    '>10 <11',
    '<=10.0.2 || >11',
    '=10.0.2',
    '7.2 || 10',
  ]
  const versions = ['7.2.22', '9.9', '10', '10.0.1', '10.0.2', '10.0.3', '10.1', '11', '11.1', '12']
  for (const a of ranges) {
    for (const b of ranges) {
      const lowest = lowestVersion(a, b)
      const some = versions.filter(version => inRange(version, a) && inRange(version, b))
      if (lowest === null) t.same(some, [], `${a} and ${b}`)
      else t.ok(inRange(lowest, a) && inRange(lowest, b), `${a} and ${b}: ${lowest}`)
    }
  }
  t.end()
})
