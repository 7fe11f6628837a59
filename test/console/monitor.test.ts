import t from 'tap'
import { ConsoleMonitor, isKvmError } from '../../runner/console/monitor.js'

const limits = { silenceMs: 1000, totalMs: 5000, outputBytes: 100, marker: 'guise: done' }

function fed(...chunks: [at: number, text: string][]): ConsoleMonitor {
  const monitor = new ConsoleMonitor(limits, 0)
  for (const [at, text] of chunks) monitor.feed(Buffer.from(text), at)
  return monitor
}

t.test('silence counts from the last byte, the deadline from the start', t => {
  const monitor = fed([500, 'a'])
  t.equal(monitor.ending(1499), null)
  t.equal(monitor.nextCheckAt(), 1500)
  t.equal(monitor.ending(1500), 'silence')
  const talking = fed(...Array.from({ length: 9 }, (_, i): [number, string] => [i * 600, '.']))
  t.equal(talking.ending(4999), null)
  t.equal(talking.ending(5000), 'deadline')
  t.end()
})

t.test('a console that has brought all that it once did is waited for less long', t => {
  const settled = { bytes: 3, silenceMs: 200 }
  const monitor = new ConsoleMonitor({ ...limits, settled }, 0)
  monitor.feed(Buffer.from('ab'), 100)
  t.equal(monitor.ending(1099), null)
  monitor.feed(Buffer.from('c'), 1099)
  t.equal(monitor.ending(1298), null)
  t.equal(monitor.ending(1299), 'silence')
  t.end()
})

t.test('a fatal line ends the guest after a short drain, however it is cut', t => {
  const monitor = fed([100, '[    0.1] PANIC: early exc'], [110, 'eption 0x06 IP 10:'])
  t.equal(monitor.ending(300), null, 'the registers may follow')
  t.equal(monitor.nextCheckAt(), 410)
  t.equal(monitor.ending(410), 'fatal-line')
  t.end()
})

t.test('a fatal line that goes on for ever is not waited for', t => {
  const monitor = fed(
    [100, 'Kernel panic - not syncing: x'],
    ...Array.from({ length: 20 }, (_, i): [number, string] => [200 + i * 100, '.']),
  )
  t.equal(monitor.ending(1599), null)
  t.equal(monitor.ending(1600), 'fatal-line')
  t.end()
})

t.test('too much output ends the guest at once', t => {
  t.equal(fed([1, 'x'.repeat(100)]).ending(2), null)
  t.equal(fed([1, 'x'.repeat(101)]).ending(2), 'output-limit')
  t.end()
})

t.test('the marker is seen, however it is cut', t => {
  const monitor = fed([1, 'guise'], [2, ': do'])
  t.notOk(monitor.markerSeen)
  monitor.feed(Buffer.from('ne\r\n'), 3)
  t.ok(monitor.markerSeen)
  t.equal(monitor.ending(4), null, 'the report itself must be looked at')
  t.end()
})

t.test('a QEMU whose KVM gives up stays alive, and is ended', t => {
  const monitor = fed()
  monitor.feedStderr('KVM internal error. Suberror: 1\n', 100)
  t.equal(monitor.ending(399), null)
  t.equal(monitor.ending(400), 'kvm-error')
  t.ok(isKvmError('error: kvm run failed Bad address'))
  t.notOk(isKvmError('warning: host does not support something'))
  t.end()
})
