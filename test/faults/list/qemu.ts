import type { Faults } from '../fault.js'
import { all, qemuFailed, reported } from './usual.js'

/** What goes wrong with QEMU. */
export const qemu = {
  missing: {
    injected: 'there is no QEMU at the path that is given',
    status: 3,
    says: /--qemu \/no\/qemu: expected an executable QEMU binary, got none there/,
    records: [],
  },
  'not-executable': {
    injected: 'QEMU may not be executed',
    status: 3,
    says: /--qemu \S+: expected an executable QEMU binary/,
    records: [],
  },
  'exits-at-once': {
    injected: 'QEMU complains and exits before there is a guest',
    status: 3,
    says: /QEMU ended with status 1: .*unable to find CPU model/,
    records: all,
    struck: qemuFailed,
  },
  crashes: {
    injected: 'QEMU dies of SIGSEGV while a guest runs',
    status: 3,
    says: /QEMU ended with SIGSEGV/,
    records: all,
    struck: qemuFailed,
  },
  vanishes: {
    injected: 'QEMU is removed while the second guest runs',
    status: 3,
    says: /QEMU ended with status 127/,
    records: all,
    struck: { ...qemuFailed, guest: 'last' },
  },
  'monitor-silent': {
    injected: 'the monitor of QEMU does not answer',
    status: 0,
    says: /untaken":"QEMU does not answer/,
    format: 'json',
    records: all,
    struck: reported,
  },
  'monitor-rubbish': {
    injected: 'the monitor of QEMU says what is no JSON, without an end',
    status: 0,
    says: /untaken":"QEMU answers what no monitor does/,
    format: 'json',
    records: all,
    struck: reported,
  },
  clamours: {
    injected: 'QEMU writes 50 MB to stderr',
    status: 3,
    says: /QEMU ended with status 1/,
    records: all,
    struck: qemuFailed,
  },
  'leaves-a-child': {
    injected: 'QEMU starts a program that is deaf to SIGTERM, holds its pipes and outlives it',
    status: 3,
    says: /QEMU ended with status 1/,
    records: all,
    struck: qemuFailed,
  },
  'deaf-to-sigterm': {
    injected: 'QEMU pays no heed to SIGTERM',
    status: 1,
    says: /no report before the total deadline/,
    records: all,
    struck: { verdict: 'fail', outcome: 'timeout' },
  },
  stopped: {
    injected: 'somebody stops QEMU with SIGSTOP',
    status: 3,
    says: /QEMU was stopped from outside/,
    records: all,
    struck: qemuFailed,
  },
} as const satisfies Faults
