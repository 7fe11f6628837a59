import t from 'tap'
import { QmpScreen } from '../../../runner/console/screen/guest-screen.js'

const ppm = Buffer.from('P6\n1 1\n255\nrgb')

/** A screen whose QEMU is the test: `answer` gives what it says to a command, or undefined for nothing. */
function screenOf(answer: (command: string) => unknown, read = () => Promise.resolve(ppm)) {
  const asked: unknown[] = []
  const send = (text: string) => {
    const { execute, arguments: given } = JSON.parse(text) as { execute: string; arguments: object }
    asked.push([execute, given])
    const said = answer(execute)
    if (said === undefined) return
    setImmediate(() => {
      screen.hear(`${JSON.stringify(said)}\n`)
    })
  }
  const line = { send, close: () => undefined }
  const screen = new QmpScreen(line, 'driven-vmware-svga', { path: '/tmp/picture', read }, 300)
  let isOver = false
  void screen.over.then(() => (isOver = true))
  return { screen, asked, isOver: () => isOver }
}

const running = (command: string) =>
  command === 'query-status' ? { return: { status: 'running' } } : { return: {} }
const soon = () => new Promise(resolve => setTimeout(resolve, 50))

t.test('a picture is asked for by the device that shows it', async t => {
  const { screen, asked, isOver } = screenOf(running)
  screen.begin()
  t.same(await screen.take(), { width: 1, height: 1, rgb: Buffer.from('rgb') })
  t.same(asked, [
    ['qmp_capabilities', {}],
    ['query-status', {}],
    ['screendump', { filename: '/tmp/picture', device: 'driven-vmware-svga' }],
  ])
  t.notOk(isOver())
  screen.quit()
  t.same(asked.at(-1), ['quit', {}])
})

t.test('it is over when QEMU says so, or has said so to nobody', async t => {
  const told = screenOf(running)
  told.screen.begin()
  await soon()
  told.screen.hear('{"event": "RESUME"}\n{"event": "SHUT')
  await soon()
  t.notOk(told.isOver())
  told.screen.hear('DOWN", "data": {"guest": true}}\n')
  await soon()
  t.ok(told.isOver())
  const early = screenOf(command =>
    command === 'query-status' ? { return: { status: 'shutdown' } } : { return: {} },
  )
  early.screen.begin()
  await soon()
  t.ok(early.isOver())
})

t.test('what QEMU does not give is an error', async t => {
  const refused = screenOf(command =>
    command === 'screendump' ? { error: { desc: 'no surface' } } : running(command),
  )
  refused.screen.begin()
  await t.rejects(refused.screen.take(), { message: 'no surface' })

  const silent = screenOf(command => (command === 'screendump' ? undefined : running(command)))
  silent.screen.begin()
  await t.rejects(silent.screen.take(), { message: 'QEMU does not answer' })

  await t.rejects(screenOf(running).screen.take(), { message: 'QEMU does not answer' }, 'nor comes')

  const garbage = screenOf(command => (command === 'screendump' ? undefined : running(command)))
  garbage.screen.begin()
  await soon()
  const taken = garbage.screen.take()
  await soon()
  garbage.screen.hear('\0\0\n')
  await t.rejects(taken, { message: 'QEMU answers what no monitor does' })
  await t.rejects(garbage.screen.take(), { message: 'QEMU answers what no monitor does' })

  const endless = screenOf(running)
  endless.screen.begin()
  await soon()
  endless.screen.hear('x'.repeat(5 * 1024 * 1024))
  await t.rejects(endless.screen.take(), { message: 'QEMU answers without an end' })

  const unread = screenOf(running, () => Promise.reject(new Error('its picture is too large')))
  unread.screen.begin()
  await t.rejects(unread.screen.take(), { message: 'its picture is too large' })
})

t.test('a QEMU that is gone answers nobody', async t => {
  const before = screenOf(running)
  before.screen.lose(new Error('QEMU is gone'))
  await t.rejects(before.screen.take(), { message: 'QEMU is gone' })
  const { screen } = screenOf(command => (command === 'screendump' ? undefined : running(command)))
  screen.begin()
  await soon()
  const taken = screen.take()
  await soon()
  screen.lose(new Error('QEMU is gone'))
  await t.rejects(taken, { message: 'QEMU is gone' })
  screen.quit()
})
