import t from 'tap'
import { normaliseLogLine, normaliseText } from '../runner/baseline/normalise.js'
import { findDeath, hasKernelLine } from '../runner/console/kernel-lines.js'
import { isKvmError } from '../runner/console/monitor.js'
import { parseKmsg } from '../runner/console/protocol/kmsg.js'
import type { Unmet } from '../runner/judge/verdict.js'
import { identityOf } from '../runner/observe/identity.js'
import { interruptRows } from '../runner/observe/interrupts.js'
import { logFromConsole, withoutTime } from '../runner/observe/kernel-log.js'
import { detectionLines } from '../runner/record/detection-lines.js'
import { type FailureFacts, kernelSaid, refusalsOf } from '../runner/record/kernel-said.js'
import { markConsole } from '../runner/report/marked-console.js'
import { printable, quote } from '../runner/terminal/printable.js'

/** What a failed guest is searched for; its log is the text. */
function said(facts: Pick<FailureFacts, 'outcome' | 'unmet'>) {
  return (text: string) => kernelSaid({ ...facts, log: text.split('\n'), hypervisor: 'KVM' })
}

const lostClock: Unmet = { field: 'clocksource.current', want: 'tsc', got: 'hpet' }
const lostIdentity: Unmet = { field: 'hypervisor', want: 'KVM', got: 'none' }

/** All that looks at text which a guest, its kernel or its QEMU has written. */
const readers: Record<string, (text: string) => unknown> = {
  findDeath,
  hasKernelLine,
  logFromConsole,
  withoutTime,
  interruptRows,
  printable,
  quote,
  isKvmError,
  normaliseLogLine,
  normaliseText,
  identityOf: text => identityOf([text]),
  detectionLines: text => detectionLines([text]),
  'kernelSaid of a panic': said({ outcome: 'panic', unmet: [] }),
  'kernelSaid of an oops': said({ outcome: 'oops', unmet: [] }),
  'kernelSaid of a clock': said({ outcome: 'reported', unmet: [lostClock] }),
  'kernelSaid of an identity': said({ outcome: 'reported', unmet: [lostIdentity] }),
  refusalsOf: text => refusalsOf('hyperv', [text]),
  parseKmsg: text => parseKmsg(Buffer.from(`6,1,2,-;${text}`)),
  'parseKmsg of nonsense': text => parseKmsg(Buffer.from(text)),
  markConsole: text =>
    markConsole(
      text,
      { outcome: 'panic', ending: 'Kernel panic', kernelSaid: [], interfaces: [] },
      { has: ['/tsc:.*MHz/'], lacks: ['/a+b/'] },
    ),
}

const beginnings = [
  ...['', '[    0.000000] ', 'RIP: 0010:', '[    1.0] Oops: 0000 [#1] '],
  '[    0.000000] Kernel panic - not syncing: ',
  ...['tsc', 'kvm-clock', 'clocksource', 'Hyper-V'].map(name => `[    0.000000] ${name}: `),
]
const repeated = [
  ...[' ', '\t', '\n', '\n ', ' \n', '\r', '\0', '0', 'a', 'x', '[', '[ ', '\n[', '(', '\\', "'"],
  ...[':', '=', '-', '<', '</a', '%', '@', '* ', '1.', '0x', ' 0 ', '1 2', '0-', 'a.', '+0x'],
  ...['\x1b[', '\u202e', '\ud800', 'ÿ', '\\x41', ': 0000 [#1', ': 0000 [#', '[    0.000000] '],
  ...[
    'tsc: ',
    'MHz ',
    'wd_now: ',
    'cs_now: ff ',
    'RIP: 0010:a',
    'Kernel panic',
    'CPU0 \n',
    'A: 0 ',
  ],
]
const length = 64 * 1024

// A pattern that looks at each pair of characters needs seconds for such a line, one that looks at each character a millisecond. It
// is CPU time that counts: what else this machine does makes no difference.
const mostCpuMs = 1000

for (const [name, read] of Object.entries(readers)) {
  t.test(`${name}: no line costs more than its length`, t => {
    const slow: string[] = []
    for (const beginning of beginnings) {
      for (const unit of repeated) {
        const text = beginning + unit.repeat(Math.ceil(length / unit.length))
        const before = process.cpuUsage()
        read(text)
        const { user, system } = process.cpuUsage(before)
        if ((user + system) / 1000 > mostCpuMs) slow.push(JSON.stringify([beginning, unit]))
      }
    }
    t.strictSame(slow, [])
    t.end()
  })
}
