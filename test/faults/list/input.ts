import type { Faults } from '../fault.js'
import { all, finished, reported } from './usual.js'

/** What is done to what guise reads. */
export const input = {
  'same-folder': {
    injected: 'a second run writes to the folder of one that goes on',
    status: 2,
    says: /expected a folder that no other run writes to, got one where a run goes on/,
    records: finished,
    told: [],
  },
  'scenario-edited': {
    injected: 'the file of the scenarios is made no YAML while the second guest runs',
    status: 1,
    says: /Kernel panic/,
    records: all,
    struck: { verdict: 'fail', outcome: 'panic' },
  },
  'scenario-deleted': {
    injected: 'the file of the scenarios is deleted while the second guest runs',
    status: 1,
    says: /Kernel panic/,
    format: 'json',
    records: all,
    struck: { verdict: 'fail', outcome: 'panic' },
  },
  'record-damaged': {
    injected: 'a record is cut in half, in a folder that is reported, compared and merged',
    status: 2,
    says: /struck\.json: expected a record as `guise run` writes it, got: /,
    records: all,
    struck: reported,
    told: [],
  },
} as const satisfies Faults
