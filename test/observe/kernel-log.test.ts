import t from 'tap'
import { logFromConsole } from '../../runner/observe/kernel-log.js'

t.test('the log of a console is without times, callers and what others write', t => {
  const console = [
    'SeaBIOS (version 1.16.2)\r',
    'early console in setup code\r',
    '[    0.000000] Hypervisor detected: Xen HVM\r',
    '[    0.000000][    T0] Xen version 4.17.\r',
    'PANIC: early exception 0x06 IP 10:ffffffff93e8f984 error 0 cr2 0x0\r',
    'guise: report complete\r',
    '[    1.2',
  ].join('\n')
  t.same(logFromConsole(console), [
    'Hypervisor detected: Xen HVM',
    'Xen version 4.17.',
    'PANIC: early exception 0x06 IP 10:ffffffff93e8f984 error 0 cr2 0x0',
  ])
  t.end()
})
