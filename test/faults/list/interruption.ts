import type { Faults } from '../fault.js'
import { all, finished, reported } from './usual.js'

/** How guise is ended. */
export const interruption = {
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
} as const satisfies Faults
