import type { Faults } from '../fault.js'
import { all, finished, reported } from './usual.js'

/** What is wrong with the disk: the results, the cache. */
export const disk = {
  full: {
    injected: 'the disk of the results is full while the second guest runs',
    status: 3,
    says: /struck\.console\.log: expected \d+ bytes of console, got \d+: is the disk full\?/,
    records: finished,
  },
  'file-size-limit': {
    injected: 'no file may have more than 2 MB (RLIMIT_FSIZE), and a console grows past it',
    status: 3,
    says: /struck\.console\.log: expected \d+ bytes of console, got 2097152: is the disk full\?/,
    format: 'json',
    records: finished,
  },
  'read-only': {
    injected: 'the file system of the results is read-only',
    status: 3,
    says: /expected to write results there, got: EROFS/,
    records: [],
  },
  removed: {
    injected: 'the results folder is removed while the second guest runs',
    status: 3,
    says: /expected to .*there, got: ENOENT/,
    records: [],
    told: finished,
  },
  'dangling-link': {
    injected: 'the results folder is a symbolic link to nowhere',
    status: 3,
    says: /out: expected to write results there, got/,
    records: [],
  },
  'cache-damaged': {
    injected: 'every file of the cache is cut in half',
    status: 0,
    says: /1\.\.3/,
    records: all,
    struck: reported,
  },
  'cache-read-only': {
    injected: 'the cache is on a read-only file system',
    status: 3,
    says: /EROFS/,
    records: [],
  },
  'lock-of-the-dead': {
    injected: 'a guise that was killed has left its lock files in the cache',
    status: 0,
    says: /1\.\.3/,
    records: all,
    struck: reported,
  },
} as const satisfies Faults
