import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { GuestLimit } from '../../runner/run/guest-limit.js'
import { tellInOrder } from '../../runner/run/tell-in-order.js'

/** A piece of work that takes so long and comes to its own number. */
const takes = (ms: number, result: number) => () => sleep(ms, result)

t.test('results are told in order, each as soon as those before it are', async t => {
  const told: number[] = []
  const done: number[] = []
  const pieces = [40, 1, 80, 1].map((ms, index) => async () => {
    const result = await takes(ms, index)()
    done.push(result)
    return result
  })
  await tellInOrder(pieces, new GuestLimit(4), new AbortController(), result => {
    told.push(result)
    if (result === 1) t.notOk(done.includes(2), 'the second does not wait for the third')
  })
  t.same(told, [0, 1, 2, 3])
})

t.test('the first error ends the others and is thrown; what came is told', async t => {
  const stop = new AbortController()
  const told: string[] = []
  const first = new Error('first')
  const pieces = [
    async () => {
      await sleep(10)
      throw first
    },
    () => Promise.resolve('came before'),
    async () => {
      await sleep(10_000, undefined, { signal: stop.signal })
      return 'never'
    },
  ]
  await t.rejects(
    tellInOrder(pieces, new GuestLimit(3), stop, result => told.push(result)),
    first,
  )
  t.same(told, ['came before'])
  t.equal(stop.signal.reason, first)
})

t.test('nothing begins after an error', async t => {
  const stop = new AbortController()
  const begun: boolean[] = []
  const pieces = [
    () => Promise.reject(new Error('the first')),
    () => {
      begun.push(stop.signal.aborted)
      return Promise.resolve(0)
    },
  ]
  const told = tellInOrder(pieces, new GuestLimit(1), stop, () => undefined)
  await t.rejects(told, { message: 'the first' })
  t.strictSame(begun, [true], 'whoever would begin knows it')
})

t.test('whoever is told may throw, and nothing is under way then', async t => {
  const stop = new AbortController()
  let ended = false
  const pieces = [
    () => Promise.resolve(0),
    async () => {
      await sleep(10_000, undefined, { signal: stop.signal }).catch(() => undefined)
      ended = true
      return 1
    },
  ]
  const tell = () => {
    throw new Error('the pipe is closed')
  }
  await t.rejects(tellInOrder(pieces, new GuestLimit(2), stop, tell), /the pipe is closed/)
  t.equal(ended, true)
})
