import t from 'tap'
import { EnvironmentError } from '../../../runner/errors.js'
import {
  agentVersion,
  encodeFrame,
  frameTypes,
  type Frame,
} from '../../../runner/launch/nested/frame.js'
import { NestedHostLostError } from '../../../runner/launch/nested/lost.js'
import { Slot } from '../../../runner/launch/nested/slot.js'

/** A slot whose agent is the test. */
function slotWithAgent() {
  const sent: number[] = []
  let now = 0
  const slot = new Slot(
    frame => sent.push(frame[0] ?? 0),
    () => now,
  )
  const say = (type: number, payload: Uint8Array | string = '') => {
    slot.handleFrame({ type, payload: Buffer.from(payload as Uint8Array) } satisfies Frame)
  }
  return { slot, sent, say, at: (time: number) => (now = time) }
}

const exitPayload = (kind: number, value: number) => Buffer.from([kind, 0, 0, 0, value, 0, 0, 0])
const deaf = { onConsole: () => undefined }
const startFrame = encodeFrame(frameTypes.start)

await t.test('an agent of another version is refused', async t => {
  const { slot, say } = slotWithAgent()
  t.throws(() => {
    say(frameTypes.hello, Buffer.from([agentVersion + 1, 0, 0, 0]))
  }, RangeError)
  say(frameTypes.hello, Buffer.from([agentVersion, 0, 0, 0]))
  await slot.ready
})

t.test('one heartbeat is open at a time, since its own time', t => {
  const { slot, sent, say, at } = slotWithAgent()
  t.equal(slot.unansweredSince, null)
  at(5)
  slot.ping()
  at(9)
  slot.ping()
  t.equal(slot.unansweredSince, 5)
  t.same(sent, [frameTypes.ping])
  say(frameTypes.pong)
  t.equal(slot.unansweredSince, null)
  t.end()
})

await t.test('a file that the agent refuses is the environment’s trouble', async t => {
  const { slot, say } = slotWithAgent()
  const kept = slot.store('a'.repeat(64), Buffer.from('x'))
  const refused = slot.store('b'.repeat(64), Buffer.from('y'))
  say(frameTypes.stored)
  say(frameTypes.refused, 'No space left on device')
  await kept
  await t.rejects(refused, EnvironmentError)
})

await t.test('what comes is the running guest’s, and the end is its last', async t => {
  const { slot, sent, say, at } = slotWithAgent()
  const heard: string[] = []
  const guest = slot.run(startFrame, {
    onConsole: bytes => heard.push(bytes.toString()),
    onStderr: text => heard.push(`stderr ${text}`),
  })
  say(frameTypes.console, 'Linux')
  say(frameTypes.stdout, 'a list of ')
  say(frameTypes.stdout, 'devices')
  say(frameTypes.stderr, 'a warning')
  const now = guest.report()
  say(frameTypes.report, 'half')
  t.equal((await now).toString(), 'half')
  say(frameTypes.report, 'whole')
  say(frameTypes.exit, exitPayload(0, 1))
  t.same(heard, ['Linux', 'stderr a warning'])
  t.same(await guest.exited, {
    code: 1,
    signal: null,
    failedToStart: null,
    stdout: 'a list of devices',
    stderr: 'a warning',
  })
  t.equal((await guest.report()).toString(), 'whole')

  const next = slot.run(startFrame, deaf)
  sent.length = 0
  guest.end()
  t.same(sent, [], 'the first guest’s end does not reach the second')
  t.equal(slot.unendedSince, null)
  at(7)
  next.end()
  at(9)
  next.end()
  t.same(sent, [frameTypes.end, frameTypes.end])
  t.equal(slot.unendedSince, 7, 'since it was asked for first')
  say(frameTypes.exit, exitPayload(1, 15))
  t.match(await next.exited, { code: null, signal: 'SIGTERM' })
  t.equal(slot.unendedSince, null)
})

await t.test('a look that crosses the guest’s end is answered by its last report', async t => {
  const { slot, say } = slotWithAgent()
  const guest = slot.run(startFrame, deaf)
  const look = guest.report()
  say(frameTypes.report, 'last')
  say(frameTypes.exit, exitPayload(0, 0))
  t.equal((await look).toString(), 'last')
})

await t.test('what QEMU writes in a loop is kept up to a limit, its end', async t => {
  const { slot, say } = slotWithAgent()
  const guest = slot.run(startFrame, deaf)
  for (let line = 0; line < 3000; line++) {
    say(frameTypes.stdout, `device number ${line}\n`)
    say(frameTypes.stderr, `complaint number ${line}\n`)
  }
  say(frameTypes.exit, exitPayload(0, 1))
  const { stdout, stderr } = await guest.exited
  for (const text of [stdout, stderr]) {
    t.equal(text.length, 32 * 1024)
    t.match(text, /number 2999\n$/)
  }
})

await t.test(
  'what QEMU’s monitor is asked and says, and the picture, are its own guest’s',
  async t => {
    const { slot, sent, say } = slotWithAgent()
    const heard: string[] = []
    const guest = slot.run(startFrame, { ...deaf, onAnswer: text => heard.push(text) })
    sent.length = 0
    guest.ask('{"execute": "quit"}')
    say(frameTypes.answer, '{"return"')
    say(frameTypes.answer, ': {}}')
    t.same(heard, ['{"return"', ': {}}'])
    const picture = guest.picture()
    t.same(sent, [frameTypes.ask, frameTypes.show])
    say(frameTypes.picture, 'P6')
    t.equal((await picture).toString(), 'P6')
    const late = guest.picture()
    say(frameTypes.exit, exitPayload(0, 0))
    say(frameTypes.picture)
    t.equal((await late).length, 0, 'the agent answers what it was asked before')

    slot.run(startFrame, deaf)
    sent.length = 0
    guest.ask('{"execute": "quit"}')
    t.equal((await guest.picture()).length, 0)
    t.same(sent, [], 'a guest that is over does not reach the next one')
  },
)

await t.test('a lost host rejects all that is waited for, and all that comes after', async t => {
  const { slot } = slotWithAgent()
  const lost = new NestedHostLostError('it was struck by lightning')
  const stored = slot.store('a'.repeat(64), Buffer.from('x'))
  const guest = slot.run(startFrame, deaf)
  const look = guest.report()
  const picture = guest.picture()
  slot.fail(lost)
  slot.fail(new NestedHostLostError('a second time'))
  const waiting: Promise<unknown>[] = [
    slot.ready,
    stored,
    guest.exited,
    look,
    picture,
    guest.report(),
  ]
  for (const waited of waiting) {
    await t.rejects(async () => {
      await waited
    }, lost)
  }
  await t.rejects(slot.store('c'.repeat(64), Buffer.from('z')), lost)
  t.throws(() => slot.run(startFrame, deaf), lost)
})

t.test('a frame that no agent sends is refused', t => {
  const { say } = slotWithAgent()
  t.throws(() => {
    say(200)
  }, RangeError)
  t.end()
})
