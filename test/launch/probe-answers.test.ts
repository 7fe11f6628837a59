import t from 'tap'
import { judgeProbe, type ProbeResult } from '../../runner/launch/probe-answers.js'

const leaf = '40000055 00000000 6775697e 00000000 00000000 00000000\n'
const loops = (cycles: string) => `t ${cycles}\n`.repeat(8)
const good: ProbeResult = {
  code: 67,
  stderr: '',
  failedToStart: null,
  inTime: true,
  output: `${leaf}${loops('00008000')}v 000000f0\n`,
}

t.test('a KVM that works', t => {
  t.match(judgeProbe(good), { works: true, cyclesPerTurn: 2 })
  t.match(
    judgeProbe({ ...good, output: `${leaf}${loops('00008000')}v 00000000\n` }),
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
      { output: `${leaf}${loops('041841ec')}v 000000f0\n` },
      /^\/dev\/kvm opens, but it emulates guest code: a loop takes 4193 cycles a turn$/,
    ],
    [
      { output: `${leaf}${loops('00008000')}`, code: null, stderr: internal },
      /VEX prefix \(KVM internal error\. Suberror: 1\)/,
    ],
    [
      { output: `${leaf}${loops('041841ec')}`, code: null, stderr: internal },
      /emulates guest code: a loop takes 4193 .*; it fails at an instruction with a VEX/,
    ],
    [{ output: `${leaf}${loops('00008000')}v 00000001\n` }, /VEX/],
    [
      { output: '', inTime: false, code: null },
      /^\/dev\/kvm opens, but its guest said nothing in time$/,
    ],
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

t.test('one loop that was interrupted is none of KVM’s faults', t => {
  for (const place of [0, 3, 7]) {
    const all = Array.from({ length: 8 }, (_, index) => (index === place ? '0418fff0' : '00008000'))
    const output = `${leaf}${all.map(cycles => `t ${cycles}\n`).join('')}v 000000f0\n`
    t.match(judgeProbe({ ...good, output }), { works: true, cyclesPerTurn: 2 })
  }
  t.end()
})

t.test('a guest that was merely slow is not blamed on the override or on VEX', t => {
  const late = { code: null, inTime: false }
  t.equal(
    judgeProbe({ ...good, ...late, output: '' }).reason,
    '/dev/kvm opens, but its guest said nothing in time',
  )
  t.equal(
    judgeProbe({ ...good, ...late, output: leaf.slice(0, 20) }).reason,
    '/dev/kvm opens, but its guest did not end in time',
    'half a line',
  )
  t.equal(
    judgeProbe({ ...good, ...late, output: `${leaf}t 00008000\n` }).reason,
    '/dev/kvm opens, but its guest did not end in time',
    'some of the loops',
  )
  t.equal(
    judgeProbe({ ...good, output: '', code: null, failedToStart: 'ENOENT' }).reason,
    '/dev/kvm opens, but QEMU could not be started: ENOENT',
  )
  t.end()
})
