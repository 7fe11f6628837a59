import t from 'tap'
import { completeMarker } from '../../../runner/console/protocol/layout.js'
import { type FakeStep, report } from '../../fixtures/fake-guest.js'
import { everyRecord } from '../protocol/encode-report.js'
import { runFake } from '../run-fake.js'

process.env.TMPDIR = t.testdir()
const kernel: FakeStep = { print: '[    0.000000] Linux version 6.1.0\r\n' }
const marker: FakeStep = { print: `${completeMarker}\r\n` }
const hang: FakeStep = { hang: true }
const whole = report(everyRecord)
const ppm = (text: string): FakeStep => ({ screen: { ppm: Buffer.from(text).toString('base64') } })
const red = ppm('P6\n2 1\n255\nabcdef')

t.test('a picture is taken of a guest whose report is whole, before it is ended', async t => {
  const { outcome, guest } = await runFake([kernel, red, whole, marker, hang], { shows: true })
  t.equal(outcome, 'reported')
  t.equal(guest.endedBy, 'report')
  t.same(guest.picture, { width: 2, height: 1, rgb: Buffer.from('abcdef') })
})

t.test('the machine of a guest that ends sooner is kept for it', async t => {
  const { outcome, guest } = await runFake([kernel, red, whole], { shows: true })
  t.equal(outcome, 'reported')
  t.match(guest.picture, { width: 2 })
  const damaged = report(everyRecord, bytes => {
    bytes[100] = ~(bytes[100] ?? 0)
  })
  const early = await runFake([kernel, red, marker, damaged, { wait: 200 }, whole], { shows: true })
  t.equal(early.outcome, 'reported', 'what it said before it was so does not count')
  t.match(early.guest.picture, { width: 2 })
})

t.test('a guest that dies without a report is over at once, and nothing is shown', async t => {
  for (const steps of [[kernel], [kernel, marker], [kernel, { wait: 300 } as const]]) {
    const { outcome, guest } = await runFake(steps, { shows: true })
    t.equal(outcome, 'reset')
    t.equal(guest.endedBy, 'itself')
    t.match(guest.exit, { code: 0, signal: null })
    t.same(guest.picture, { untaken: 'the guest was over before that' })
  }
})

t.test('a QEMU that gives no picture costs the picture, and not the report', async t => {
  const untaken = async (...screen: FakeStep[]) => {
    const steps = [kernel, ...screen, whole, marker, hang]
    const { outcome, guest } = await runFake(steps, { shows: true })
    t.equal(outcome, 'reported')
    return guest.picture
  }
  t.same(await untaken(), { untaken: 'no surface' })
  t.same(await untaken(ppm('P5\n2 1\n255\nab')), { untaken: 'QEMU wrote no picture' })
  t.same(await untaken(ppm('P6\n2 1\n255\nabcde')), {
    untaken: 'QEMU wrote 5 bytes of a picture of 2x1',
  })
})

t.test('a guest that is not asked for a picture has none', async t => {
  const { guest } = await runFake([kernel, red, whole, marker, hang])
  t.equal(guest.picture, null)
  t.notOk(guest.command.argv.includes('-no-shutdown'))
})

t.test('a deadline holds while a picture is waited for', async t => {
  const steps: FakeStep[] = [kernel, { screen: {} }, whole, marker, hang]
  const { outcome, guest } = await runFake(steps, { shows: true, silenceMs: 1500 })
  t.equal(outcome, 'reported')
  t.equal(guest.endedBy, 'silence')
  t.same(guest.picture, { untaken: 'the guest was over before that' })
})

t.test('a folder whose path no socket can have serves, too', async t => {
  const long = t.testdir({ ['x'.repeat(80)]: {} })
  const before = process.env.TMPDIR
  process.env.TMPDIR = `${long}/${'x'.repeat(80)}`
  t.teardown(() => (process.env.TMPDIR = before))
  const { guest } = await runFake([kernel, red, whole, marker, hang], { shows: true })
  t.match(guest.picture, { width: 2 })
})
