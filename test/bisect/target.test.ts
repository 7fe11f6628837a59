import t from 'tap'
import { answerOf, targetBetween, targetsBetween, together } from '../../runner/bisect/target.js'
import { parseSought } from '../../runner/bisect/until.js'
import type { GuiseRecord } from '../../runner/record/schema.js'
import { exampleRecord } from '../fixtures/record.js'

const identity = (hypervisor: string | null) => ({ hypervisor, paravirt: 'KVM', sysfsType: null })
const clocks = (current: string) => ({ current, available: ['hpet', 'acpi_pm'], settled: true })
const record = (changes: Partial<GuiseRecord> = {}) =>
  exampleRecord({ clock: 'virtual', clocksource: clocks('hpet'), ...changes })

/** The target between two records, which must be there. */
function target(good: GuiseRecord, bad: GuiseRecord, until: readonly string[] = []) {
  const [found] = targetsBetween({ good: [good], bad: [bad] }, ['kvm-no-features'], until)
  if (found === undefined) throw new Error('no target')
  return found
}

t.test('what comes first decides; the rest is told', t => {
  const bad = record({
    identity: identity('VMware'),
    clocksource: clocks('acpi_pm'),
    flags: ['fpu'],
  })
  const { deciding, differences } = target(record(), bad)
  t.same(
    deciding.map(({ kind }) => kind),
    ['hypervisor'],
  )
  t.same(
    differences.map(({ kind }) => kind),
    ['clocksource current', 'flag', 'hypervisor'],
  )
  t.end()
})

t.test('a commit is good, bad, or tells nothing', t => {
  const between = target(record(), record({ identity: identity('VMware') }))
  for (const [changes, decision, why] of [
    [{}, 'good', /^hypervisor KVM$/],
    [{ flags: [] }, 'good', /^hypervisor KVM$/],
    [{ identity: identity('VMware') }, 'bad', /^hypervisor VMware$/],
    [{ identity: identity('VMware'), flags: [] }, 'bad', /^hypervisor VMware$/],
    [{ identity: identity(null) }, 'skip', /^it is as neither end: hypervisor none$/],
    [
      { outcome: 'panic', ending: 'Kernel panic - not syncing: x', identity: identity('VMware') },
      'skip',
      /^it fails otherwise: Kernel panic - not syncing: x$/,
    ],
    [{ verdict: 'error', why: ['QEMU is not there'] }, 'skip', /^it tells nothing: error: QEMU/],
    [{ verdict: 'skip', outcome: null, why: ['no X'] }, 'skip', /^it tells nothing: skip: no X/],
  ] as const) {
    const answer = answerOf(between, record(changes))
    t.equal(answer.decision, decision, JSON.stringify(changes))
    t.match(answer.why, why)
  }
  t.end()
})

t.test('a death is the same death only where all of it is', t => {
  const died = (ending: string, diedIn: string) =>
    record({ outcome: 'panic', ending: `Kernel panic - not syncing: ${ending}`, diedIn })
  const between = target(record(), died('a', 'xen_init'))
  t.equal(answerOf(between, died('a', 'xen_init')).decision, 'bad')
  t.equal(answerOf(between, died('b', 'xen_init')).decision, 'skip')
  t.equal(answerOf(between, died('a', 'kvm_init')).decision, 'skip')
  t.equal(answerOf(between, record()).decision, 'good')
  t.end()
})

t.test('a flag that is gone, and one that is new', t => {
  const [less, more] = [record({ flags: ['fpu'] }), record({ flags: ['fpu', 'smep'] })]
  const [lost, won] = [target(more, less), target(less, more)]
  t.match(answerOf(lost, less), { decision: 'bad', why: 'no flag smep' })
  t.match(answerOf(lost, more), { decision: 'good', why: 'flag smep' })
  t.match(answerOf(won, more), { decision: 'bad' })
  t.match(answerOf(won, less), { decision: 'good' })
  t.end()
})

t.test('what differs between two runs of one end is no difference', t => {
  const good = [record(), record({ clockevents: ['hpet'] })]
  t.equal(targetBetween(good, [record({ clockevents: ['hpet'] })], []), null)
  const bad = [record({ flags: [], clockevents: [] })]
  t.same(
    targetBetween(good, bad, [])?.differences.map(({ kind, id }) => `${kind} ${id ?? ''}`),
    ['flag fpu', 'flag hypervisor'],
  )
  t.equal(targetBetween([], bad, []), null)
  t.end()
})

t.test('--until names what is looked for', t => {
  const bad = record({ clocksource: clocks('acpi_pm'), flags: ['fpu'] })
  for (const [text, kind] of [
    ['clocksource=acpi_pm', 'clocksource current'],
    ['clocksource=hpet', 'clocksource current'],
    ['clocksource current acpi_pm', 'clocksource current'],
    ['flag=hypervisor', 'flag'],
    ['flag hypervisor', 'flag'],
  ] as const) {
    t.same(
      target(record(), bad, [text]).deciding.map(each => each.kind),
      [kind],
      text,
    )
  }
  for (const text of [
    'tsc',
    'colour=red',
    'clocksource=',
    'flag=',
    'interface=',
    '=x',
    'x'.repeat(9000),
  ]) {
    t.throws(() => parseSought(text), /^--until: expected NAME=VALUE.{1,300}got `[^`]*`$/, text)
  }
  for (const text of ['clocksource=tsc', 'flag=smep', 'topology cores=2', 'hypervisor=none']) {
    t.equal(parseSought(text).text, text)
  }
  t.throws(
    () => target(record(), bad, ['flag=smep']),
    /--until flag=smep: expected what --good and --bad differ in \(clocksource current, flag hypervisor\), got/,
  )
  t.throws(
    () => target(bad, bad),
    /expected guests of kvm-no-features that differ, got the same of both$/,
  )
  t.end()
})

t.test('values with an = or with spaces', t => {
  const sought = parseSought('interface clock.tsc=offered, adopted')
  const fact = { kind: 'interface', id: 'clock.tsc', value: 'offered, adopted' } as const
  t.ok(sought.matches(fact))
  t.notOk(sought.matches({ ...fact, value: 'offered, not adopted' }))
  t.ok(parseSought('topology cores=2').matches({ kind: 'topology', id: 'cores', value: '2' }))
  t.end()
})

t.test('of several scenarios the first that tells something decides', t => {
  const answers = [
    { scenario: 'a', decision: 'skip', why: 'x' },
    { scenario: 'b', decision: 'bad', why: 'y' },
    { scenario: 'c', decision: 'good', why: 'z' },
  ] as const
  t.same(together(answers), { decision: 'bad', why: 'a: skip, x / b: bad, y / c: good, z' })
  t.same(together(answers.slice(2)), { decision: 'good', why: 'z' })
  t.equal(together([]).decision, 'skip')
  t.end()
})
