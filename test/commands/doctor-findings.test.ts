import t from 'tap'
import {
  confinementFinding,
  kvmFinding,
  nestedFinding,
  qemuFinding,
  tscFinding,
} from '../../runner/commands/doctor-findings.js'

t.test('a KVM that can’t be used is no fault of the machine’s, and is not ok either', t => {
  const works = { works: true, reason: 'a loop takes 2 cycles a turn', cyclesPerTurn: 2 }
  t.match(kvmFinding(works), { state: 'ok', found: /^works: a loop/ })
  const closed = { works: false, reason: 'add yourself to group kvm', cyclesPerTurn: null }
  t.match(kvmFinding(closed), { state: 'none', found: /^unusable: add yourself to group kvm; / })
  t.end()
})

t.test('a QEMU, and why it is not the one in PATH', t => {
  const qemu = { path: '/q', name: '/q', command: ['/q'], version: '7.2.22', sandbox: true }
  t.same(qemuFinding({ qemu, why: null }), { state: 'ok', what: 'QEMU', found: '7.2.22, /q' })
  const taken = { ...qemu, name: 'debian:trixie' }
  t.match(qemuFinding({ qemu: taken, why: 'there is none' }), {
    state: 'ok',
    found: '7.2.22, debian:trixie: there is none',
  })
  t.end()
})

t.test('a nested host: not made, not asked, broken, working', t => {
  t.match(nestedFinding({ works: null, reason: 'not made yet' }), { state: 'none' })
  t.match(nestedFinding({ works: false, reason: 'no memory' }), { state: 'none', found: /memory/ })
  t.match(nestedFinding({ works: true, reason: 'Linux 6.12' }), { state: 'ok', found: /^works: / })
  t.end()
})

t.test('each half of the confinement that is not there is named, with what it takes', t => {
  const as = (network: 'root' | 'user-namespace' | null, nobody = false) => ({ network, nobody })
  t.match(confinementFinding(true, as('user-namespace'), false), {
    state: 'ok',
    found: /^-sandbox and an empty network name space$/,
  })
  const network = confinementFinding(true, as(null), false)
  t.match(network, { state: 'limited', found: /^-sandbox; .*user\.max_user_namespaces/ })
  t.match(confinementFinding(false, as('user-namespace'), false), {
    state: 'limited',
    found: /CONFIG_SECCOMP_FILTER/,
  })
  t.match(confinementFinding(false, as(null), false), { state: 'none', found: /^no -sandbox: / })
  t.match(confinementFinding(true, as('root', true), true), {
    state: 'ok',
    found: '-sandbox, an empty network name space and no rights of root’s',
  })
  t.match(confinementFinding(true, as('root'), true), { state: 'limited', found: /root’s rights/ })
  t.end()
})

t.test('the TSC', t => {
  t.match(tscFinding(2_445_405), { state: 'ok', found: '2445.405 MHz' })
  t.match(tscFinding(null), { state: 'limited' })
  t.end()
})
