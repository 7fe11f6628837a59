import t from 'tap'
import { ConsoleTail, unwantedEnd } from '../../../runner/console/shell/shell-ending.js'

const exit = { code: 0, signal: null, failedToStart: null, stderr: '', stdout: '' }

t.test('a guest that ends itself is no trouble', t => {
  t.equal(unwantedEnd(exit, '[    9.000000] reboot: machine restart\r\n'), null)
  t.end()
})

t.test('one that dies, or whose QEMU goes, is', t => {
  const panic = '[    1.000000] Kernel panic - not syncing: no init found\r\n'
  t.equal(unwantedEnd(exit, panic), 'the guest died: Kernel panic - not syncing: no init found')
  t.equal(unwantedEnd({ ...exit, code: null, signal: 'SIGKILL' }, ''), 'QEMU ended: SIGKILL')
  t.equal(
    unwantedEnd({ ...exit, code: 1, stderr: 'qemu: no room\n' }, ''),
    'QEMU ended: status 1, qemu: no room',
  )
  t.end()
})

t.test('the end of a console is kept, in bounds', t => {
  const tail = new ConsoleTail()
  for (let line = 0; line < 20_000; line += 1) tail.add(Buffer.from(`line ${line}\r\n`))
  t.ok(tail.text.length <= 64 * 1024)
  t.same(tail.lines(2), ['line 19998', 'line 19999'])
  t.end()
})
