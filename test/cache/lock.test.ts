import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import t from 'tap'
import { inheriting } from '../../runner/cache/child.js'
import { lock } from '../../runner/cache/lock.js'

t.test('one holder at a time', async t => {
  const path = join(t.testdir(), 'lock')
  let holders = 0
  let most = 0
  const work = async () => {
    await using held = await lock(path)
    t.ok(held)
    most = Math.max(most, ++holders)
    await sleep(20)
    holders--
  }
  await Promise.all(Array.from({ length: 4 }, work))
  t.equal(most, 1)
})

t.test('waiting ends with the signal', async t => {
  const path = join(t.testdir(), 'lock')
  await using held = await lock(path)
  t.ok(held)
  const reason = new Error('interrupted')
  const controller = new AbortController()
  let told = 0
  const waiting = lock(path, { signal: controller.signal, onWait: () => told++ })
  setTimeout(() => {
    controller.abort(reason)
  }, 50)
  await t.rejects(waiting, reason)
  t.equal(told, 0, 'nothing is told of a short one')
})

t.test('a longer wait is told once', async t => {
  const path = join(t.testdir(), 'lock')
  const held = await lock(path)
  const waiting = new Promise<void>(resolve => {
    void lock(path, { onWait: resolve }).then(other => other[Symbol.asyncDispose]())
  })
  await waiting
  await held[Symbol.asyncDispose]()
})

t.test('a lock that cannot be made is named', async t => {
  const path = join(t.testdir(), 'missing', 'lock')
  await t.rejects(lock(path), {
    name: 'EnvironmentError',
    message: /cannot lock .*missing\/lock: .*no such file/,
  })
})

t.test('a child that has inherited a lock keeps it when its holder is gone', async t => {
  const path = join(t.testdir(), 'lock')
  const held = await lock(path)
  const child = execa('sh', ['-c', 'echo there; exec cat'], { stdio: inheriting('pipe', held) })
  await once(child.stdout, 'data')
  await held[Symbol.asyncDispose]()
  const isFree = async () =>
    !(await execa('flock', ['--nonblock', path, 'true'], { reject: false })).failed
  t.notOk(await isFree())
  child.stdin.end()
  await child
  t.ok(await isFree())
})
