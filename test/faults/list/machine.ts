import type { Faults } from '../fault.js'
import { all, qemuFailed, reported } from './usual.js'

/** What the machine refuses. */
export const machine = {
  'few-files': {
    injected: 'the process may open 40 files',
    status: 3,
    says: /expected leave to open \d+ files for 1 guest at a time, got 40: .*ulimit -n/,
    records: [],
  },
  'few-processes': {
    injected: 'the user may start no further process (RLIMIT_NPROC) while the second guest runs',
    status: 3,
    says: /QEMU could not be started: spawn \S+ EAGAIN/,
    records: all,
    struck: { ...qemuFailed, guest: 'last' },
  },
  'little-memory': {
    injected: 'QEMU may have 200 MB of address space',
    status: 3,
    says: /[Cc]annot allocate memory/,
    records: ['first'],
    struck: { ...qemuFailed, guest: 'first' },
  },
  'no-pty': {
    injected: 'the machine has no pseudo-terminal to give',
    status: 3,
    says: /expected a pseudo-terminal for the guest's console, got: .*any left/,
    records: [],
  },
  'no-tmpdir': {
    injected: 'TMPDIR names a folder that is not there',
    status: 3,
    says: /expected to make a temporary folder there, got: .*; TMPDIR names the folder to use/,
    records: [],
  },
  'full-tmpdir': {
    injected: 'the file system of TMPDIR is full',
    status: 3,
    says: /ENOSPC/,
    records: [],
  },
  'clock-set-back': {
    injected: 'the clock is set back by a year while guise runs',
    status: 0,
    says: /1\.\.3/,
    records: all,
    struck: reported,
  },
} as const satisfies Faults
