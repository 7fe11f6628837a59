import t from 'tap'
import { detectionLines, isDetectionLine } from '../../runner/record/detection-lines.js'

const cut = '------------[ cut here ]------------'
const warning =
  'WARNING: CPU: 0 PID: 0 at arch/x86/kernel/fpu/xstate.c:643 paranoid_xstate_size_valid+0x1/0x2'

t.test("a warning's reason, which stands before it, is kept", t => {
  const reason = 'XSAVE consistency problem, dumping leaves'
  const rest = [
    'Modules linked in:',
    'CPU: 0 PID: 0 Comm: swapper Not tainted 6.1.0',
    'RIP: 0010:x',
  ]
  const log = ['random: crng init done', cut, reason, warning, ...rest]
  t.same(detectionLines(log), [reason, warning])
  t.same(detectionLines([cut, 'one', 'two', warning, 'three']), ['one', 'two', warning])
  t.same(detectionLines([cut, 'kernel BUG at mm/slub.c:1!', 'invalid opcode: 0000 [#1] SMP']), [
    'kernel BUG at mm/slub.c:1!',
    'invalid opcode: 0000 [#1] SMP',
  ])
  t.end()
})

t.test('what kind of fault it was is kept', t => {
  const log = [
    'BUG: unable to handle page fault for address: ffffc90000000000',
    '#PF: supervisor read access in kernel mode',
    '#PF: error_code(0x0000) - not-present page',
    'PGD 0 P4D 0',
    'Oops: 0000 [#1] PREEMPT SMP',
  ]
  t.same(detectionLines(log), log.toSpliced(3, 1))
  const general =
    'general protection fault, probably for non-canonical address 0xdead: 0000 [#1] SMP'
  t.same(detectionLines(['pci 0000:00:01.0: enabled', general]), [general])
  t.end()
})

t.test('a reason may have four lines', t => {
  const reasons = ['one', 'two', 'three', 'four']
  t.same(detectionLines([cut, ...reasons, warning]), [...reasons, warning])
  t.same(detectionLines(['x', ...reasons, warning]), [warning], 'and none without its beginning')
  t.same(detectionLines([cut, warning, 'five', warning]), [warning, warning])
  t.end()
})

t.test(
  'a line that tells by itself: the identity, a death, what a display driver gives up for',
  t => {
    for (const line of [
      'Hypervisor detected: KVM',
      'Booting paravirtualized kernel on KVM',
      'Booting kernel on Xen PV',
      '[drm:vmw_host_printf [vmwgfx]] *ERROR* Failed to send host log message.',
      'Oops: 0000 [#1] PREEMPT SMP NOPTI',
      'kernel BUG at mm/slub.c:4381!',
      '#PF: supervisor read access in kernel mode',
      warning,
    ]) {
      t.equal(isDetectionLine(line), true, line)
      t.equal(isDetectionLine(`x="${line}`), false, `quoted: ${line}`)
    }
    t.equal(isDetectionLine('[drm] Initialized vmwgfx 2.20.0 20211206'), false)
    t.end()
  },
)

t.test('what no warning follows is no reason, however long it goes on', t => {
  const flood = Array.from({ length: 2000 }, (_, index) => `line ${index}`)
  t.same(detectionLines([cut, ...flood]), [])
  t.same(detectionLines([...flood, warning]), [warning])
  t.equal(detectionLines(Array.from({ length: 900 }, () => [cut, 'x', warning]).flat()).length, 500)
  t.end()
})
