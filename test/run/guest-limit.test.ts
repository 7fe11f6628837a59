import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { GuestLimit } from '../../runner/run/guest-limit.js'

t.test('no more run at a time than there are places', async t => {
  const limit = new GuestLimit(2)
  let now = 0
  let most = 0
  const act = async () => {
    now += 1
    most = Math.max(most, now)
    await sleep(1)
    now -= 1
  }
  await Promise.all(Array.from({ length: 8 }, () => limit.run(act)))
  t.equal(most, 2)
})

for (const places of [1, 2, 3]) {
  t.test(`those that run alone of ${places} at a time have nobody beside them`, async t => {
    const limit = new GuestLimit(places)
    let now = 0
    let most = 0
    const beside: number[] = []
    const ended: string[] = []
    const act = async () => {
      now += 1
      most = Math.max(most, now)
      await sleep(1)
      now -= 1
    }
    const again = async (name: string) => {
      await act()
      await limit.alone(async () => {
        beside.push(now)
        await act()
      })
      await act()
      ended.push(name)
    }
    const plain = async (name: string) => {
      await act()
      ended.push(name)
    }
    await Promise.all([
      limit.run(() => again('first')),
      limit.run(() => again('second')),
      ...['a', 'b', 'c', 'd', 'e', 'f'].map(name => limit.run(() => plain(name))),
    ])
    t.same(beside, [0, 0])
    t.equal(most, places, 'and all places are used otherwise')
    t.ok(ended.indexOf('first') < ended.indexOf('f'), 'it does not wait for those behind it')
    t.equal(ended.length, 8)
  })
}
