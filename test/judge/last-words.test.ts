import t from 'tap'
import type { EndedBy } from '../../runner/console/monitor.js'
import type { Ending } from '../../runner/console/outcome.js'
import {
  type CandidateRun,
  firstRunCounts,
  type FirstPlan,
  formatPassedOver,
} from '../../runner/judge/last-words.js'
import type { Outcome } from '../../runner/scenario/outcome.js'
import { idle, judgedRun, starved } from './judged-run.js'

const kvm: FirstPlan = {
  accelerator: 'kvm',
  clock: { clock: 'real', why: '' },
  deadlines: { silenceMs: 60_000, totalMs: 60_000 },
}
const nested: FirstPlan = { ...kvm, accelerator: 'nested' }

interface RunOf extends Partial<Ending> {
  readonly endedBy?: EndedBy
  readonly total?: number
  readonly load?: typeof idle
}

function run(outcome: Outcome, { endedBy, total = 5000, load, ...more }: RunOf = {}): CandidateRun {
  const changes = { ending: { outcome, ...more }, endedBy: endedBy ?? 'itself', load: load ?? idle }
  return { ...judgedRun('', changes), timing: { total } }
}

const deaths = ['early-exception', 'oops', 'panic', 'refused'] as const

t.test('a kernel that died once and then comes up has died', t => {
  for (const outcome of deaths) {
    for (const plan of [kvm, nested]) {
      const name = `${outcome}, ${plan.accelerator}`
      t.equal(firstRunCounts(plan, run(outcome), run('reported')), true, name)
      t.equal(firstRunCounts(plan, run(outcome), run('reported', { total: 99_000 })), true, name)
      t.equal(firstRunCounts(plan, run(outcome), run('hang')), true, `${name}, then wordless`)
      t.equal(firstRunCounts(plan, run(outcome), run('qemu-failed')), true, `${name}, then QEMU`)
      t.equal(firstRunCounts(plan, run(outcome), null), true, `${name}, then the host is lost`)
    }
  }
  t.end()
})

t.test('the run that tells the last words counts', t => {
  for (const first of [...deaths, 'reset', 'hang', 'timeout', 'firmware-hang'] as const) {
    for (const next of deaths) t.equal(firstRunCounts(kvm, run(first), run(next)), false)
  }
  // What was an oops is told as a panic on a quiet console; a timer that was kept waiting is no such death.
  const timer = { reason: "Kernel panic - not syncing: IO-APIC + timer doesn't work!" }
  const next = run('panic', { ...timer, load: starved })
  t.equal(firstRunCounts(kvm, run('oops'), next), true)
  t.end()
})

t.test('an end without a word is believed under KVM alone', t => {
  for (const outcome of ['reset', 'hang', 'timeout', 'firmware-hang'] as const) {
    t.equal(firstRunCounts(kvm, run(outcome), run('reported')), true, outcome)
    t.equal(firstRunCounts(kvm, run(outcome), run('kvm-error')), true, outcome)
    t.equal(firstRunCounts(nested, run(outcome), run('reported')), false, outcome)
    t.equal(firstRunCounts(nested, run(outcome), null), false, outcome)
    t.equal(firstRunCounts(kvm, run(outcome), run('hang')), false, 'where the next one ends so')
  }
  t.end()
})

t.test('a guest that is only slow is judged by what it comes to', t => {
  for (const endedBy of ['deadline', 'silence'] as const) {
    const first = run('timeout', { endedBy, total: 60_010 })
    const later = run('reported', { endedBy: 'report', total: 83_000 })
    t.equal(firstRunCounts(kvm, first, later), false, 'which is later than its deadline was')
    const sooner = run('reported', { endedBy: 'report', total: 9000 })
    t.equal(firstRunCounts(kvm, first, sooner), true, 'one that is sooner had hung')
  }
  t.equal(firstRunCounts(kvm, run('reset'), run('reported', { total: 83_000 })), true)
  t.end()
})

t.test('both are told', t => {
  const told = (next: CandidateRun | null) => formatPassedOver(next)
  t.match(told(run('reported')), /^run again with .*, it came up; the first run counts$/)
  t.match(told(run('hang')), 'it ended otherwise (hang: because)')
  t.match(told(null), 'the nested host was lost')
  t.end()
})
