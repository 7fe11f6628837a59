import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { Bisection } from '../../runner/bisect/bisect.js'
import type { BisectEvent } from '../../runner/bisect/means.js'
import { type BisectState, readState } from '../../runner/bisect/state.js'
import { VersionSearch } from '../../runner/bisect/version-search.js'
import { BuildError, EnvironmentError, InterruptedError } from '../../runner/errors.js'
import type { GuiseRecord } from '../../runner/record/schema.js'
import { writeRecord } from '../../runner/record/results-folder.js'
import { makeFolders } from '../../runner/make-folders.js'
import { exampleRecord } from '../fixtures/record.js'

const ids = Array.from({ length: 9 }, (_, number) => `k${number}`)
const good = { identity: { hypervisor: 'KVM', paravirt: 'KVM', sysfsType: null } } as const
const bad = { identity: { hypervisor: 'Xen HVM', paravirt: 'KVM', sysfsType: null } } as const

/** What a kernel's guest comes to, run for the nth time. */
type Boot = (number: number, time: number) => Partial<GuiseRecord>

interface Means {
  readonly boot: Boot
  readonly prepare?: (id: string) => string
  readonly clock?: 'virtual' | 'real'
}

const question: BisectState['question'] = {
  tree: null,
  good: { id: 'k0', subject: 'first' },
  bad: { id: 'k8', subject: 'last' },
  scenarios: ['kvm-no-features'],
  until: [],
  options: {},
}

function bisection(folder: string, { boot, prepare = id => id, clock = 'virtual' }: Means) {
  const times = new Map<string, number>()
  const events: BisectEvent[] = []
  const state = readState(folder, question) ?? {
    schema: 'guise-bisect-1',
    question,
    ends: { good: null, bad: null },
    decided: [],
  }
  const made = new Bisection(folder, state, {
    search: new VersionSearch(ids),
    subjectOf: id => Promise.resolve(`subject of ${id}`),
    prepare: id => Promise.resolve().then(() => prepare(id)),
    boot: (kernel, output) => {
      const time = (times.get(kernel) ?? 0) + 1
      times.set(kernel, time)
      const record = exampleRecord({ clock, ...boot(ids.indexOf(kernel), time) })
      makeFolders(output)
      writeRecord(output, record)
      return Promise.resolve([record])
    },
    onEvent: event => events.push(event),
  })
  const decisions = () => made.state.decided.map(({ id, decision }) => `${id} ${decision}`)
  return { made, events, decisions, times }
}

const from =
  (culprit: number): Boot =>
  number =>
    number >= culprit ? bad : good

async function found(t: Test, means: Means) {
  const run = bisection(t.testdir(), means)
  const { position } = await run.made.run()
  return { ...run, position }
}

t.test('it finds the first that is bad', async t => {
  for (const culprit of [1, 4, 8]) {
    const { position, decisions } = await found(t, { boot: from(culprit) })
    t.same(position, { found: `k${culprit}` })
    t.ok(decisions().length <= 3)
  }
})

t.test('what does not build, or fails otherwise, is skipped, with the reason', async t => {
  const { position, made } = await found(t, {
    boot: number =>
      number === 3
        ? { outcome: 'panic', ending: 'Kernel panic - not syncing: x' }
        : from(6)(number, 1),
    prepare: id => {
      if (id === 'k4') throw new BuildError('no', ['a.c:1: warning: w', 'a.c:2: error: oops'])
      return id
    },
  })
  t.same(position, { found: 'k6' })
  const why = Object.fromEntries(made.state.decided.map(each => [each.id, each.why]))
  t.equal(why.k4, 'it does not build: a.c:2: error: oops')
  t.equal(why.k3, 'it fails otherwise: Kernel panic - not syncing: x')
})

t.test('on real time two runs in a row must agree', async t => {
  // The second kernel is looked at last; its first run is wrong.
  const { position, times } = await found(t, {
    clock: 'real',
    boot: (number, time) => (number === 4 && time === 1 ? bad : from(6)(number, time)),
  })
  t.same(position, { found: 'k6' })
  t.equal(times.get('k4'), 3)
  t.equal(times.get('k0'), 2)
})

t.test('what never agrees is skipped', async t => {
  const { decisions } = await found(t, {
    clock: 'real',
    boot: (number, time) => (number === 4 ? (time % 2 === 0 ? good : bad) : from(6)(number, time)),
  })
  t.ok(decisions().includes('k4 skip'))
})

t.test("the environment's trouble is tried again, and never a decision", async t => {
  const trouble = { verdict: 'error', why: ['the machine was too busy'] } as const
  const once = await found(t, {
    boot: (number, time) =>
      number === 4 && time === 1 ? { ...bad, ...trouble } : from(6)(number, time),
  })
  t.same(once.position, { found: 'k6' })
  t.ok(once.decisions().includes('k4 good'))
  const always = await found(t, {
    boot: (number, time) => (number === 4 ? { ...bad, ...trouble } : from(6)(number, time)),
  })
  t.ok(always.decisions().includes('k4 skip'))
  await t.rejects(
    bisection(t.testdir(), { boot: number => (number === 8 ? trouble : good) }).made.run(),
    EnvironmentError,
  )
})

t.test('one that was ended goes on, and asks for nothing twice', async t => {
  const folder = t.testdir()
  const first = bisection(folder, {
    boot: from(6),
    prepare: id => {
      if (id === 'k6') throw new InterruptedError('interrupted')
      return id
    },
  })
  await t.rejects(first.made.run(), InterruptedError)
  t.same(first.decisions(), ['k4 good'])
  const second = bisection(folder, { boot: from(6) })
  t.same((await second.made.run()).position, { found: 'k6' })
  t.same([...second.times.keys()].sort(), ['k5', 'k6'])
  t.ok(existsSync(join(folder, 'good', '1', 'kvm-no-features.json')))
  t.match(readFileSync(join(folder, 'bisect.json'), 'utf8'), /"guise-bisect-1"/)
  const third = bisection(folder, { boot: () => bad })
  t.same((await third.made.run()).position, { found: 'k6' }, 'what is known is told at once')
  t.equal(third.times.size, 0)
  t.throws(
    () => readState(folder, { ...question, until: ['flag=smep'] }),
    /expected the bisection that is asked for/,
  )
})

t.test('ends that do not differ are no bisection', async t => {
  await t.rejects(found(t, { boot: () => good }), /expected guests of kvm-no-features that differ/)
})

t.test('the targets and each decision are told', async t => {
  const { events } = await found(t, { boot: from(6) })
  t.equal(events.filter(({ kind }) => kind === 'targets').length, 1)
  t.equal(events.filter(({ kind }) => kind === 'decided').length, 5)
})
