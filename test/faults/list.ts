import type { Faults } from './fault.js'

const all = ['first', 'struck', 'last'] as const
const finished = ['first'] as const
const reported = { verdict: 'pass', outcome: 'reported' } as const
const qemuFailed = { verdict: 'error', outcome: 'qemu-failed' } as const

/** The faults that are injected, by their kind. */
export const faults = {
  qemu: {
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
  },
  interruption: {
    sigint: {
      injected: 'SIGINT, as of Ctrl-C, to the whole process group',
      status: 130,
      says: /guise: SIGINT: ending the guests; the results so far are kept guise: interrupted/,
      records: finished,
    },
    'sigint-twice': {
      injected: 'a second SIGINT while a guest will not end',
      status: 137,
      says: /guise: SIGINT: ending the guests/,
      records: finished,
      streamIsCut: true,
      leavesFolders: true,
    },
    sigterm: {
      injected: 'SIGTERM to guise alone',
      status: 130,
      says: /guise: SIGTERM: ending the guests; .* guise: interrupted/,
      format: 'json',
      records: finished,
    },
    sighup: {
      injected: 'SIGHUP to guise alone',
      status: 130,
      says: /guise: SIGHUP: ending the guests; .* guise: interrupted/,
      records: finished,
    },
    'stdout-closed': {
      injected: 'who reads stdout is gone after the first line, as in `| head -1`',
      status: 130,
      says: /guise: stdout was closed: ending the guests; .* guise: interrupted/,
      records: finished,
      streamIsCut: true,
    },
    'kill-9': {
      injected: 'SIGKILL to guise, and then --resume',
      status: 0,
      says: /2 guests left of 3/,
      format: 'json',
      records: all,
      struck: reported,
      leavesFolders: true,
    },
  },
} as const satisfies Readonly<Record<string, Faults>>
