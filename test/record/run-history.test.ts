import { existsSync, mkdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import {
  latestResultsFolder,
  linkLatest,
  makeOwnFolder,
  outdated,
} from '../../runner/record/run-history.js'

const state = t.testdir({ elsewhere: {} })
const before = process.env.XDG_STATE_HOME
process.env.XDG_STATE_HOME = state
t.teardown(() => {
  process.env.XDG_STATE_HOME = before
  if (before === undefined) delete process.env.XDG_STATE_HOME
})

const now = new Date('2026-03-31T12:00:00.000Z')
const name = (minutesAgo: number) =>
  `${new Date(now.getTime() - minutesAgo * 60_000).toISOString().replaceAll(':', '')}-17`
const day = 24 * 60

t.test('what is too old goes, and what is too much', t => {
  const keeping = { days: 30, count: 3 }
  t.same(outdated([name(1), name(31 * day), name(2)], keeping, now), [name(31 * day)])
  t.same(outdated([name(4), name(1), name(3), name(2)], keeping, now), [name(4)])
  t.same(outdated([name(29 * day)], keeping, now), [])
  t.same(outdated([`${name(31 * day)}-2`], keeping, now), [`${name(31 * day)}-2`])
  t.end()
})

t.test('what guise did not make is not looked at', t => {
  const others = ['latest', '2020-my-notes', '2020-01-01T000000.000Z', 'notes.txt', name(9e5) + '~']
  t.same(outdated(others, { days: 1, count: 0 }, now), [])
  t.end()
})

t.test('200 runs of 30 days are kept', t => {
  const made = Array.from({ length: 203 }, (_, index) =>
    makeOwnFolder('runs', new Date(now.getTime() + index * 60_000)),
  )
  t.notOk(existsSync(made[2] ?? ''))
  t.ok(existsSync(made[3] ?? ''))
  makeOwnFolder('runs', new Date(now.getTime() + 29 * day * 60_000))
  t.ok(existsSync(made[202] ?? ''), 'a month has not passed')
  makeOwnFolder('runs', new Date(now.getTime() + 31 * day * 60_000))
  t.notOk(existsSync(made[202] ?? ''))
  t.end()
})

t.test('20 of what answers a question are kept, for a day', t => {
  const made = Array.from({ length: 21 }, (_, index) =>
    makeOwnFolder('asides', new Date(now.getTime() + index * 60_000)),
  )
  t.notOk(existsSync(made[0] ?? ''))
  t.ok(existsSync(made[1] ?? ''))
  makeOwnFolder('asides', new Date(now.getTime() + (day + 19) * 60_000))
  t.notOk(existsSync(made[18] ?? ''), 'more than a day old')
  t.ok(existsSync(made[19] ?? ''))
  t.end()
})

t.test('two in one millisecond are two, and what answers a question lies apart', t => {
  const first = makeOwnFolder('runs', now)
  t.not(makeOwnFolder('runs', now), first)
  t.equal(makeOwnFolder('asides', now), first.replace(/\/runs\/(?=[^/]*$)/, '/asides/'))
  t.end()
})

t.test('latest is a link: beside it by its name, elsewhere by its path', t => {
  const own = makeOwnFolder('runs', now)
  linkLatest(own)
  t.ok(own.endsWith(`/${readlinkSync(latestResultsFolder())}`))
  linkLatest(join(state, 'elsewhere'))
  t.equal(readlinkSync(latestResultsFolder()), join(state, 'elsewhere'))
  mkdirSync(join(state, 'elsewhere', 'deeper'))
  t.ok(existsSync(join(latestResultsFolder(), 'deeper')))
  t.end()
})
