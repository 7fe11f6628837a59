import t from 'tap'
import { EnvironmentError } from '../../runner/errors.js'
import type { AcceleratorChoice } from '../../runner/plan/choose-accelerator.js'
import { Kvm } from '../../runner/launch/kvm.js'
import { parseScenario } from '../fixtures/scenario.js'

const scenario = parseScenario('expect: [{ hypervisor: none }]')

/** What a run believes of a KVM that gives these answers, one after the other, and the last from then on. */
function kvmThatAnswers(asked: AcceleratorChoice, ...works: readonly boolean[]) {
  const notes: string[] = []
  const anew: boolean[] = []
  const probe = (_qemu: unknown, { again = false } = {}) => {
    const yes = works[Math.min(anew.length, works.length - 1)] === true
    anew.push(again)
    const reason = yes ? 'a loop takes 2 cycles a turn' : 'a loop takes 3141 cycles a turn'
    return Promise.resolve({ works: yes, reason, cyclesPerTurn: yes ? 2 : 3141 })
  }
  const qemu = { path: '/q', name: '/q', command: ['/q'], version: '7.2.22', sandbox: true }
  const kvm = new Kvm(qemu, asked, note => notes.push(note), { probe })
  return { kvm, notes, anew }
}

t.test('a run that does without KVM does not ask it', async t => {
  for (const asked of ['tcg', 'nested'] as const) {
    const { kvm, anew } = kvmThatAnswers(asked, true)
    t.equal(await kvm.check(), null)
    t.match(await kvm.choose(scenario), { accelerator: asked })
    t.strictSame(anew, [])
  }
})

t.test('it is asked once, and that auto does without it is said once', async t => {
  const { kvm, notes, anew } = kvmThatAnswers('auto', false)
  const chosen = await Promise.all([kvm.choose(scenario), kvm.choose(scenario)])
  t.match(chosen, [{ accelerator: 'tcg' }, { accelerator: 'tcg' }])
  t.strictSame(anew, [false])
  t.strictSame(notes, ['KVM is not used: a loop takes 3141 cycles a turn'])
})

t.test('a KVM that was asked for and does not work ends the run, and names what does', async t => {
  const { kvm } = kvmThatAnswers('kvm', false)
  await t.rejects(kvm.check(), EnvironmentError)
  await t.rejects(kvmThatAnswers('kvm', false).kvm.check(), { message: /--accel nested .* tcg/ })
})

t.test(
  'a guest that KVM gives up costs it nothing if KVM works when it is asked again',
  async t => {
    const { kvm, notes, anew } = kvmThatAnswers('auto', true)
    t.match(await kvm.choose(scenario), { accelerator: 'kvm' })
    t.match(await kvm.askAgain('broken'), /KVM gave broken up, and works .*the guest is the cause$/)
    t.strictSame(anew, [false, true], 'what is remembered does not count')
    t.equal(notes.length, 1)
    t.match(await kvm.choose(scenario), { accelerator: 'kvm' })
  },
)

t.test('one that fails when it is asked again is not taken for the guests to come', async t => {
  const { kvm, notes } = kvmThatAnswers('auto', true, false)
  t.match(await kvm.choose(scenario), { accelerator: 'kvm' })
  await kvm.askAgain('broken')
  t.matchOnly(notes, [/fails when it is asked again: a loop .*; the guests to come do without it$/])
  t.match(await kvm.choose(scenario), { accelerator: 'tcg' })
  t.equal(notes.length, 1)
})
