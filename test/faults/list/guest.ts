import type { Faults } from '../fault.js'
import { all, finished, qemuFailed } from './usual.js'

/** What a guest and its kernel do. */
export const guest = {
  'endless-line': {
    injected: 'a guest writes one line without an end',
    status: 1,
    says: /the console grew past its limit/,
    records: all,
    struck: { verdict: 'fail', outcome: 'timeout' },
  },
  'triple-fault': {
    injected: 'a guest of a real QEMU has a triple fault',
    status: 1,
    says: /the machine was reset before the report was whole/,
    records: ['first'],
    struck: { guest: 'first', verdict: 'fail', outcome: 'reset' },
  },
  killed: {
    injected: 'somebody kills the real QEMU of a guest with SIGKILL',
    status: 3,
    says: /QEMU ended with SIGKILL: it said nothing/,
    format: 'json',
    records: ['first'],
    struck: { ...qemuFailed, guest: 'first' },
  },
  silent: {
    injected: 'the kernel falls silent after its first line',
    status: 1,
    says: /no report before the total deadline/,
    format: 'json',
    records: all,
    struck: { verdict: 'fail', outcome: 'timeout' },
  },
  panics: {
    injected: 'the kernel panics with markup and escapes in its words',
    status: 1,
    says: /Kernel panic - not syncing: <script>/,
    records: all,
    struck: { verdict: 'fail', outcome: 'panic' },
  },
  'stops-in-report': {
    injected: 'the machine is reset in the middle of a report',
    status: 1,
    says: /the machine was reset before the report was whole/,
    records: all,
    struck: { verdict: 'fail', outcome: 'reset' },
  },
  'lying-lengths': {
    injected:
      'a memory full of record headers that each claim 32 KiB, and of a header that claims 4 billion records',
    status: 1,
    says: /the machine was reset before the report was whole: /,
    records: all,
    struck: { verdict: 'fail', outcome: 'reset' },
  },
  'other-version': {
    injected: 'a report of a version that guise does not know',
    status: 1,
    says: /version/,
    format: 'json',
    records: all,
    struck: { verdict: 'fail', outcome: 'reset' },
  },
  'speaks-tap': {
    injected: 'the console has lines of TAP, a plan and Bail out!, and then no report',
    status: 1,
    says: /the machine was reset/,
    records: all,
    struck: { verdict: 'fail', outcome: 'reset' },
  },
  'speaks-json': {
    injected: 'the console has a record in JSON that says pass, and bytes that are no UTF-8',
    status: 1,
    says: /the machine was reset/,
    format: 'json',
    records: all,
    struck: { verdict: 'fail', outcome: 'reset' },
  },
  'memory-vanishes': {
    injected: 'the file of the memory that is shared with the guest is removed',
    status: 3,
    says: /report: expected to keep the guest's report there, got: ENOENT/,
    records: finished,
  },
  'memory-shrinks': {
    injected: 'that file is cut to nothing',
    status: 3,
    says: /report: expected to keep the guest's report there, got: 0 bytes of \d+/,
    records: finished,
  },
} as const satisfies Faults
