import t from 'tap'
import { endedWithin } from '../../runner/launch/ended-within.js'
import { startQemu } from '../../runner/launch/qemu-process.js'

/** Longer than any test may take. */
const never = 1e9

const deaf = () => startQemu(['sleep', '1000'])

t.test('one that ends by itself', async t => {
  t.match(await endedWithin(startQemu(['sh', '-c', 'echo 7.2; exit 3']), never), {
    code: 3,
    stdout: '7.2\n',
    inTime: true,
  })
})

t.test('one that does not is ended at the deadline', async t => {
  t.match(await endedWithin(deaf(), 50), { signal: 'SIGTERM', inTime: false })
})

t.test('a signal ends it long before the deadline, and when the process is gone', async t => {
  const controller = new AbortController()
  const qemu = deaf()
  const ended = endedWithin(qemu, never, controller.signal)
  controller.abort()
  await t.rejects(ended, { name: 'AbortError' })
  t.throws(() => process.kill(qemu.pid ?? 0, 0), { code: 'ESRCH' })
})

t.test('a signal that was given before ends it at once', async t => {
  await t.rejects(endedWithin(deaf(), never, AbortSignal.abort()), { name: 'AbortError' })
})
