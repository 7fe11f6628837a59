import t from 'tap'
import { findDeath, hasKernelLine } from '../../runner/console/kernel-lines.js'
import { type GuestEnding, outcomeOf } from '../../runner/console/outcome.js'

const exit = { code: 0, signal: null, failedToStart: null, stderr: '', stdout: '' }
const report = { complete: false, problems: ['The guest wrote no report.'], notes: new Map() }
const kernel = '[    0.000000] Linux version 6.1.0\r\n'

function ending(changes: Partial<GuestEnding>): GuestEnding {
  return {
    endedBy: 'itself',
    exit,
    console: kernel,
    report,
    ranMachine: true,
    stoppedMs: 0,
    ...changes,
  }
}

t.test('every outcome has its own signs', t => {
  const cases: [string, Partial<GuestEnding>][] = [
    ['reported', { report: { ...report, complete: true }, endedBy: 'report' }],
    ['reset', {}],
    ['reset', { console: '' }],
    ['hang', { endedBy: 'silence' }],
    ['firmware-hang', { endedBy: 'silence', console: '' }],
    ['firmware-hang', { endedBy: 'deadline', console: 'SeaBIOS (version 1.16)\r\n' }],
    ['timeout', { endedBy: 'deadline' }],
    ['timeout', { endedBy: 'output-limit' }],
    ['qemu-failed', { exit: { ...exit, code: 1, stderr: 'no such machine' } }],
    ['qemu-failed', { exit: { ...exit, code: null, signal: 'SIGSEGV' } }],
    ['qemu-failed', { exit: { ...exit, code: null, failedToStart: 'ENOENT' } }],
    [
      'kvm-error',
      { endedBy: 'kvm-error', exit: { ...exit, stderr: 'KVM internal error. Suberror: 1' } },
    ],
    ['panic', { console: `${kernel}[    1.000000] Kernel panic - not syncing: VFS: no root\r\n` }],
    [
      'panic',
      {
        console: `${kernel}[    0.0] Kernel panic - not syncing: foo\r\n[    0.0] ---[ end Kernel panic - not syncing: foo ]---\r\nPANIC: early exception 0x08 IP 206:10\r\n`,
      },
    ],
    [
      'oops',
      {
        console: `${kernel}[    1.0] Oops: 0002 [#1] PREEMPT SMP NOPTI\r\n[    1.1] Kernel panic - not syncing: Fatal exception\r\n`,
      },
    ],
    [
      'early-exception',
      {
        endedBy: 'fatal-line',
        console: `${kernel}[    0.0] kernel BUG at arch/x86/xen/enlighten_hvm.c:81!\r\nPANIC: early exception 0x06 IP 10:ffffffff93e8f984 error 0 cr2 0x0\r\n`,
      },
    ],
  ]
  for (const [outcome, changes] of cases) {
    t.equal(outcomeOf(ending(changes)).outcome, outcome, JSON.stringify(changes).slice(0, 70))
  }
  t.end()
})

t.test('a QEMU that we ended by a signal has not failed', t => {
  const killed = { ...exit, code: null, signal: 'SIGTERM' }
  t.equal(outcomeOf(ending({ endedBy: 'silence', exit: killed })).outcome, 'hang')
  t.end()
})

t.test('the reason is the last that QEMU said, or the line that the kernel died with', t => {
  t.match(
    outcomeOf(ending({ exit: { ...exit, code: 1, stderr: 'warning: x\nqemu: no such cpu\n' } })),
    { reason: 'QEMU ended with status 1: qemu: no such cpu' },
  )
  t.match(outcomeOf(ending({ console: `${kernel}[ 1.0] Kernel panic - not syncing: foo\r\n` })), {
    reason: 'Kernel panic - not syncing: foo',
  })
  t.end()
})

t.test('the function that a kernel died in', t => {
  const registers = (at: string, prefix = '[    0.000000]') => `${prefix} RIP: 0010:${at}\r\n`
  const early = 'PANIC: early exception 0x06 IP 10:ffffffffa5a006c0 error 0 cr2 0x0\r\n'
  const oops = '[    1.000000] Oops: 0002 [#1] SMP\r\n'
  const warned = `[    0.000000] WARNING: CPU: 0 PID: 0 at a.c:1\r\n${registers('warned+0x1/0x2')}`
  const idle = registers('native_safe_halt+0xb/0x10')
  const diedIn = (console: string) =>
    outcomeOf(ending({ endedBy: 'fatal-line', console: kernel + console })).diedIn
  t.equal(diedIn(early + registers('xen_hypercall_amd+0x0/0x10')), 'xen_hypercall_amd')
  t.equal(
    diedIn(warned + early + registers('pvclock_tsc_khz.cold.isra.0+0x4/0x8')),
    'pvclock_tsc_khz',
  )
  t.equal(diedIn(oops + registers('die_here+0x1/0x2', '[    1.000000][    T1]')), 'die_here')
  t.equal(
    diedIn(oops + registers('0x0') + idle),
    null,
    'a jump to nowhere, and not what it interrupted',
  )
  t.equal(diedIn(early), null)
  t.equal(
    diedIn(`[    1.000000] Kernel panic - not syncing: foo\r\n${idle}`),
    null,
    'a panic has none',
  )
  t.equal(outcomeOf(ending({ console: early, report: { ...report, complete: true } })).diedIn, null)
  t.end()
})

t.test('a kernel’s own refusals', t => {
  const refusals: [string, string][] = [
    [
      'This kernel requires the following features not present on the CPU:\r\ncmov sse2 \r\nUnable to boot - please use a kernel appropriate for your CPU.\r\n',
      'This kernel requires the following features not present on the CPU: cmov sse2 Unable to boot - please use a kernel appropriate for your CPU.',
    ],
    [
      'Decompressing Linux... \r\n\r\nDestination address too large\r\n\r\n -- System halted',
      'Destination address too large -- System halted',
    ],
    [
      'A20 gate not responding, unable to boot...\r\n',
      'A20 gate not responding, unable to boot...',
    ],
  ]
  for (const [console, reason] of refusals) {
    t.match(outcomeOf(ending({ endedBy: 'fatal-line', console })), { outcome: 'refused', reason })
  }
  t.equal(findDeath('[    0.1] foo -- System halted'), null)
  t.end()
})

t.test('a report that is lost', t => {
  const lost = (console: string, changes = {}) =>
    outcomeOf(ending({ console: `${kernel}${console}`, report: { ...report, ...changes } }))
  const begun = {
    notes: new Map([['channel', 'shared-memory']]),
    problems: ['2 records are lost.'],
  }
  t.match(lost('\nguise: no report channel: I/O error\r\n'), {
    stuckIn: null,
    lostReport: true,
    reason: 'the guest came up and could not report: no report channel: I/O error',
  })
  t.match(lost('guise: report truncated', begun), {
    stuckIn: null,
    lostReport: true,
    reason: /2 records are lost/,
  })
  t.match(lost('guise: report complete', begun), { lostReport: true })
  t.match(lost('guise: report complete'), { lostReport: false }, 'only text')
  t.match(lost('', begun), { lostReport: false }, 'it died before its end')
  t.match(lost('guise: no report channel: x\n[    1.0] Kernel panic - not syncing: y\r\n'), {
    outcome: 'panic',
    stuckIn: null,
    lostReport: false,
  })
  t.end()
})

t.test('a QEMU that ran no guest', t => {
  const help = { ...exit, stdout: 'pvscsi options:\n  addr=<int32>\n' }
  t.match(outcomeOf(ending({ console: '', exit: help })), {
    outcome: 'qemu-failed',
    reason: 'QEMU ended with status 0 and ran no guest: pvscsi options:',
  })
  t.match(outcomeOf(ending({ console: '', ranMachine: false })), { outcome: 'qemu-failed' })
  t.match(outcomeOf(ending({ console: '' })), { outcome: 'reset' }, 'one without a word')
  t.match(outcomeOf(ending({ exit: help })), { outcome: 'reset' }, 'one that the console shows')
  t.end()
})

t.test('a QEMU that somebody stopped', t => {
  const stopped = { endedBy: 'silence', stoppedMs: 20_500 } as const
  t.match(outcomeOf(ending(stopped)), {
    outcome: 'qemu-failed',
    reason: 'QEMU was stopped from outside for 21 s',
  })
  const panic = `${kernel}[    1.0] Kernel panic - not syncing: x\r\n`
  t.match(outcomeOf(ending({ ...stopped, endedBy: 'fatal-line', console: panic })), {
    outcome: 'panic',
  })
  t.end()
})

t.test('what is no death', t => {
  for (const line of [
    '[    0.5] BUG: workqueue lockup - pool cpus=0',
    '[    0.5] WARNING: CPU: 0 PID: 1 at arch/x86/kernel/tsc.c:1',
    '[    0.5] Command line: oops=panic panic=-1',
    '[    0.5] mce: CPU0: Thermal monitoring enabled (TM1)',
    '[    0.5] pci 0000:00:01.0: [8086:7000] type 00 class 0x060100',
  ]) {
    t.equal(findDeath(line), null, line)
  }
  t.equal(
    findDeath('[ 1.0] Oops: general protection fault, probably for x: 0000 [#1] SMP')?.death,
    'oops',
  )
  t.end()
})

t.test('the first words of a kernel', t => {
  t.ok(hasKernelLine('early console in setup code\r\n'))
  t.ok(hasKernelLine('Probing EDD (edd=off to disable)... ok\r\n'))
  t.ok(hasKernelLine('\r\nDecompressing Linux... Parsing ELF'))
  t.ok(hasKernelLine('[    0.000000] Linux version'))
  t.notOk(hasKernelLine('SeaBIOS (version 1.16.2-debian-1.16.2-1)\r\niPXE\r\n'))
  t.end()
})
