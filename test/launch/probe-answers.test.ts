import t from 'tap'
import { judgeProbe, type ProbeResult } from '../../runner/launch/probe-answers.js'

const leaf = '40000055 00000000 6775697e 00000000 00000000 00000000\n'
const good: ProbeResult = {
  code: 67,
  stderr: '',
  failedToStart: null,
  inTime: true,
  output: `${leaf}t 00008000\nv 000000f0\n`,
}

t.test('a KVM that works', t => {
  t.match(judgeProbe(good), { works: true, cyclesPerTurn: 2 })
  t.match(
    judgeProbe({ ...good, output: `${leaf}t 00008000\nv 00000000\n` }),
    { works: true },
    'without VEX',
  )
  t.end()
})

t.test('each way in which it does not, and together', t => {
  const internal = 'KVM internal error. Suberror: 1\nextra data[0]: 0x1\n'
  for (const [changes, reason] of [
    [
      { output: good.output.replace('6775697e', '00000000') },
      /override of leaf 0x40000055 did not hold/,
    ],
    [
      { output: `${leaf}t 041841ec\nv 000000f0\n` },
      /^\/dev\/kvm opens, but it emulates guest code: a loop takes 4193 cycles a turn$/,
    ],
    [
      { output: `${leaf}t 00008000\n`, code: null, stderr: internal },
      /VEX prefix \(KVM internal error\. Suberror: 1\)/,
    ],
    [
      { output: `${leaf}t 041841ec\n`, code: null, stderr: internal },
      /emulates guest code: a loop takes 4193 .*; it fails at an instruction with a VEX/,
    ],
    [{ output: `${leaf}t 00008000\nv 00000001\n` }, /VEX/],
    [{ output: '', inTime: false, code: null }, /its guest did not end in time/],
    [
      { output: '', code: 1, stderr: 'a\nkvm: no such thing\n' },
      /QEMU ended with status 1: kvm: no such thing/,
    ],
    [{ output: '', code: null, failedToStart: 'ENOENT' }, /could not be started: ENOENT/],
  ] as const) {
    const answer = judgeProbe({ ...good, ...changes })
    t.equal(answer.works, false)
    t.match(answer.reason, reason)
  }
  t.end()
})
