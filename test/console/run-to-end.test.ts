import { readdirSync } from 'node:fs'
import t from 'tap'
import { InterruptedError } from '../../runner/errors.js'
import { startLocalGuest } from '../../runner/console/local-guest.js'
import { completeMarker } from '../../runner/console/protocol/layout.js'
import { graceMs } from '../../runner/launch/qemu-process.js'
import { type FakeStep, report } from '../fixtures/fake-guest.js'
import { type RunFakeOptions, runFake } from './run-fake.js'
import { everyRecord } from './protocol/encode-report.js'

// Every guest has a folder here for as long as it is there.
const folders = t.testdir()
process.env.TMPDIR = folders

// A test waits more than it works.
t.jobs = 4

const kernel: FakeStep = { print: '[    0.000000] Linux version 6.1.0\r\n' }
const marker: FakeStep = { print: `${completeMarker}\r\n` }
const hang: FakeStep = { hang: true }
const wholeReport = report(everyRecord)
const talk = Array.from({ length: 600 }, (): FakeStep => ({ print: '.', wait: 50 }))
const flood = (text: string): FakeStep => ({ flood: { text, bytes: 100e6 } })

interface Case {
  readonly steps: readonly FakeStep[]
  readonly options?: RunFakeOptions
  readonly reason: string | RegExp
  readonly endedBy: string
}

const cases: Record<string, Case> = {
  'reported: the guest is ended as soon as its report is whole': {
    steps: [kernel, wholeReport, marker, hang],
    reason: 'the report came out whole',
    endedBy: 'report',
  },
  'reported: a whole report needs no marker': {
    steps: [kernel, wholeReport],
    reason: 'the report came out whole',
    endedBy: 'itself',
  },
  'reported: a marker that comes too early is only text': {
    steps: [kernel, marker, { wait: 200 }, wholeReport, { print: 'bye\r\n' }, hang],
    reason: 'the report came out whole',
    endedBy: 'report',
  },
  'reset: a marker without a report is only text': {
    steps: [kernel, marker],
    reason: 'the machine was reset before the report was whole: The guest wrote no report.',
    endedBy: 'itself',
  },
  'reset: a report that is damaged, whatever the marker says': {
    steps: [
      kernel,
      report(everyRecord, bytes => {
        bytes[100] = ~(bytes[100] ?? 0)
      }),
      marker,
      { wait: 300 },
    ],
    reason: /^the guest came up and could not report: 1 of the report's 12 records are damaged/,
    endedBy: 'itself',
  },
  'hang: a marker and a damaged report end no guest': {
    steps: [
      kernel,
      report(everyRecord, bytes => {
        bytes[100] = ~(bytes[100] ?? 0)
      }),
      marker,
      hang,
    ],
    options: { silenceMs: 3000 },
    reason: /^the guest came up and could not report: 1 of the report's 12 records are damaged/,
    endedBy: 'silence',
  },
  panic: {
    steps: [
      kernel,
      { print: '[    1.000000] Kernel panic - not syncing: VFS: Unable to mount root fs\r\n' },
      hang,
    ],
    reason: 'Kernel panic - not syncing: VFS: Unable to mount root fs',
    endedBy: 'fatal-line',
  },
  'panic: one that resets the machine by itself': {
    steps: [kernel, { print: '[    1.000000] Kernel panic - not syncing: No init\r\n' }],
    reason: 'Kernel panic - not syncing: No init',
    endedBy: 'itself',
  },
  oops: {
    steps: [
      kernel,
      { print: '[    1.000000] Oops: 0002 [#1] PREEMPT SMP NOPTI\r\n', wait: 100 },
      { print: '[    1.100000] Kernel panic - not syncing: Fatal exception\r\n' },
      hang,
    ],
    reason: 'Oops: 0002 [#1] PREEMPT SMP NOPTI',
    endedBy: 'fatal-line',
  },
  'early-exception: in two pieces, without an end of line': {
    steps: [kernel, { print: 'PANIC: early exc', wait: 50 }, { print: 'eption 0x06 IP 10' }, hang],
    reason: 'PANIC: early exception 0x06 IP 10',
    endedBy: 'fatal-line',
  },
  'firmware-hang': {
    steps: [{ print: 'SeaBIOS (version 1.16.2-debian-1.16.2-1)\r\n' }, hang],
    options: { silenceMs: 1500 },
    reason: 'no first line of a kernel in time',
    endedBy: 'silence',
  },
  hang: {
    steps: [kernel, hang],
    options: { silenceMs: 3000 },
    reason: 'the kernel fell silent',
    endedBy: 'silence',
  },
  reset: {
    steps: [kernel],
    reason: /^the machine was reset before the report was whole/,
    endedBy: 'itself',
  },
  'qemu-failed: a status': {
    steps: [{ complain: 'warning: x\nqemu-system-x86_64: no such machine\n', exit: 1 }],
    reason: 'QEMU ended with status 1: qemu-system-x86_64: no such machine',
    endedBy: 'itself',
  },
  'qemu-failed: a signal': {
    steps: [kernel, { die: 'SIGSEGV' }],
    reason: 'QEMU ended with SIGSEGV: it said nothing',
    endedBy: 'itself',
  },
  'qemu-failed: ended by someone else': {
    steps: [kernel, { die: 'SIGTERM' }],
    reason: 'QEMU ended with status 0: qemu-system-x86_64: terminating on signal 15',
    endedBy: 'itself',
  },
  'qemu-failed: help, and no guest': {
    steps: [{ say: 'pvscsi options:\n  addr=<int32>\n', exit: 0 }],
    reason: 'QEMU ended with status 0 and ran no guest: pvscsi options:',
    endedBy: 'itself',
  },
  'qemu-failed: what is no QEMU': {
    steps: [],
    options: { qemu: '/bin/true' },
    reason: 'QEMU ended with status 0 and ran no guest: it said nothing',
    endedBy: 'itself',
  },
  'qemu-failed: stopped by someone else': {
    steps: [kernel, { die: 'SIGSTOP' }],
    options: { silenceMs: 3000 },
    reason: /^QEMU was stopped from outside for \d+ s$/,
    endedBy: 'silence',
  },
  'refused: a CPU that will not do': {
    steps: [
      {
        print: '\r\nThis kernel requires an x86-64 CPU, but only detected an i686 CPU.\r\nUnable ',
      },
      { print: 'to boot - please use a kernel appropriate for your CPU.\r\n' },
      hang,
    ],
    reason:
      'This kernel requires an x86-64 CPU, but only detected an i686 CPU. Unable to boot - please use a kernel appropriate for your CPU.',
    endedBy: 'fatal-line',
  },
  'reset: a guest that found no way to report': {
    steps: [kernel, { print: '\r\nguise: no report channel: I/O error\r\n' }],
    reason: 'the guest came up and could not report: no report channel: I/O error',
    endedBy: 'itself',
  },
  'qemu-failed: not startable': {
    steps: [],
    options: { qemu: '/no/qemu' },
    reason: /^QEMU ended with status 127: env: .\/no\/qemu.: No such file/,
    endedBy: 'itself',
  },
  'kvm-error: a QEMU that lives on': {
    steps: [kernel, { complain: 'KVM inter', wait: 50 }, { complain: 'nal error.\n' }, hang],
    reason: 'KVM internal error.',
    endedBy: 'kvm-error',
  },
  'timeout: a kernel that talks on': {
    steps: [kernel, ...talk],
    options: { totalMs: 3000 },
    reason: 'no report before the total deadline',
    endedBy: 'deadline',
  },
}

for (const [name, { steps, options, reason, endedBy }] of Object.entries(cases)) {
  t.test(name, { buffered: true }, async t => {
    const ended = await runFake(steps, options)
    t.equal(ended.outcome, name.split(':')[0])
    t.match(ended.reason, reason)
    t.equal(ended.guest.endedBy, endedBy)
  })
}

for (const [name, text] of Object.entries({
  'of one endless line': 'a',
  'of empty lines': '\n',
  'of lines that tell of a hypervisor': '[    1.000000] Hypervisor detected: x\r\n',
})) {
  t.test(`timeout: a flood ${name}`, { buffered: true }, async t => {
    const outputBytes = 1e6
    const ended = await runFake([kernel, flood(text), hang], { outputBytes })
    t.match(ended, { outcome: 'timeout', reason: 'the console grew past its limit' })
    t.ok(ended.file.length > outputBytes)
    t.ok(ended.file.length < outputBytes + 1e6, `the file has ${ended.file.length} bytes`)
  })
}

t.test(
  'a flood that no signal ends: it is killed, and the file stays bounded',
  { buffered: true },
  async t => {
    const outputBytes = 1e6
    const ended = await runFake([{ ignore: 'SIGTERM' }, kernel, flood('b'), hang], {
      outputBytes,
    })
    t.equal(ended.outcome, 'timeout')
    t.equal(ended.guest.exit.signal, 'SIGKILL')
    t.ok(ended.guest.timing.total > graceMs)
    t.ok(ended.file.length < outputBytes + 1e6, `the file has ${ended.file.length} bytes`)
  },
)

t.test('the raw console is kept to the byte', { buffered: true }, async t => {
  const everyByte = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).join('')
  const text = `${everyByte.repeat(40)}[    0.5] half a li`
  const { file, guest } = await runFake([{ print: text }])
  t.ok(file.equals(Buffer.from(text, 'latin1')))
  t.ok(guest.console.equals(file))
})

t.test(
  'an interrupt ends the guest, whatever it thinks of signals',
  { buffered: true },
  async t => {
    const interrupt = new AbortController()
    const attended = runFake([{ ignore: 'SIGTERM' }, kernel, hang], { signal: interrupt.signal })
    setTimeout(() => {
      interrupt.abort()
    }, 1000)
    await t.rejects(attended, InterruptedError)
  },
)

t.test(
  'an interrupt that comes while the guest is started ends it',
  { buffered: true },
  async t => {
    const interrupt = new AbortController()
    const attended = runFake([kernel, hang], {
      signal: interrupt.signal,
      silenceMs: 1e8,
      totalMs: 1e8,
      start: async (...options) => {
        const guest = await startLocalGuest(...options)
        interrupt.abort()
        return guest
      },
    })
    await t.rejects(attended, InterruptedError)
  },
)

t.test('no guest is started after an interrupt', { buffered: true }, async t => {
  await t.rejects(runFake([], { signal: AbortSignal.abort() }), InterruptedError)
})

t.test('nothing is left behind', { buffered: false }, t => {
  t.strictSame(readdirSync(folders), [])
  t.end()
})
