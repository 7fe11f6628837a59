import t from 'tap'
import {
  consoleHeading,
  type LogPatterns,
  markConsole,
} from '../../runner/report/marked-console.js'
import { exampleRecord } from '../fixtures/record.js'

const none: LogPatterns = { has: [], lacks: [] }

function marks(console: string, ...more: [Parameters<typeof exampleRecord>[0]?, LogPatterns?]) {
  const [changes = {}, patterns = none] = more
  return markConsole(console, exampleRecord(changes), patterns).map(
    ({ mark, text }) => `${mark}${text}`,
  )
}

t.test('detection, what is looked for, and the evidence of an interface', t => {
  const console =
    '[    0.000000] Linux version 6.1.0\r\n[    0.000000] Hypervisor detected: KVM\r\n[    0.100000] odd: evidence\r\nInit says'
  t.same(marks(console), [
    ' [    0.000000] Linux version 6.1.0',
    '>[    0.000000] Hypervisor detected: KVM',
    ' [    0.100000] odd: evidence',
    ' Init says',
  ])
  const looked = { has: ['/^Linux version \\d/'], lacks: [] }
  const interfaces = [
    {
      id: 'clock.kvm',
      class: 'independent',
      owner: 'kvm',
      offered: 'x',
      adopted: 'odd: evidence',
    } as const,
  ]
  t.same(marks(console, { interfaces }, looked), [
    '>[    0.000000] Linux version 6.1.0',
    '>[    0.000000] Hypervisor detected: KVM',
    '>[    0.100000] odd: evidence',
    ' Init says',
  ])
  t.end()
})

t.test('what bears on the verdict: the kernel’s last words, and what must not be there', t => {
  const console = '[    0.000000] odd\n[    1.000000] Kernel panic: \u001b[31mx'
  const died = { outcome: 'panic', ending: 'Kernel panic: \u001b[31mx' } as const
  t.same(marks(console, died), [' [    0.000000] odd', '![    1.000000] Kernel panic: \\x1b[31mx'])
  t.same(marks(console, {}, { has: ['odd'], lacks: ['odd'] }), [
    '![    0.000000] odd',
    ' [    1.000000] Kernel panic: \\x1b[31mx',
  ])
  t.end()
})

t.test('the heading says whose it is, what came of it, where it lies, and what marks mean', t => {
  const told = (changes: Parameters<typeof exampleRecord>[0]) =>
    consoleHeading(exampleRecord(changes), '/out/a.console.log').map(
      ({ mark, text }) => `${mark} ${text}`,
    )
  t.same(told({}), [
    '  kvm-no-features on 6.1.176 (6.1.0-50-cloud-amd64), tcg: pass',
    '  /out/a.console.log',
    '  marked: > tells of detection, or is looked for; ! bears on why a guest does not pass',
    '  ',
  ])
  t.same(told({ verdict: 'fail', why: ['expected \u001b[31mx'] }).slice(0, 2), [
    '  kvm-no-features on 6.1.176 (6.1.0-50-cloud-amd64), tcg: fail',
    '! expected \\x1b[31mx',
  ])
  t.end()
})
