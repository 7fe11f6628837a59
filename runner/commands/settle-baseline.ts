import { baselinePath } from '../baseline/file.js'
import { isSettled } from '../baseline/settled.js'
import { checkBaseline, updateBaseline } from '../baseline/store.js'
import { printable } from '../report/printable.js'
import type { GuiseRecord } from '../record/schema.js'

/** What became of one record, and the exit status that it means. */
export interface Settlement {
  readonly text: string
  readonly status: number
}

type Settle = (record: GuiseRecord) => Settlement

/**
 * What `guise baseline` does with each record of a run, one after the other.
 *
 * @param baselines - the folder
 * @param acceptFailures - whether a guest that fails is recorded, too
 */
export function settling(
  mode: 'update' | 'check',
  baselines: string,
  acceptFailures: boolean,
): Settle {
  const settle = mode === 'check' ? checking(baselines) : updating(baselines, acceptFailures)
  return record => untold(record) ?? settle(record)
}

/** Of a record that tells nothing of its kernel. */
function untold({ scenario, verdict, why }: GuiseRecord): Settlement | null {
  if (verdict === 'skip') return { text: line('skip', `${scenario}: ${why[0] ?? ''}`), status: 0 }
  if (verdict === 'error')
    return { text: line('error', `${scenario}: ${why.join('; ')}`), status: 3 }
  return null
}

function checking(baselines: string): Settle {
  return record => {
    const { path, state, difference } = checkBaseline(baselines, record)
    switch (state) {
      case 'missing':
        return {
          text: line('missing', `${path}: not in ${baselines}; \`guise baseline update\` makes it`),
          status: 1,
        }
      case 'differs':
        return { text: line('differs', path) + (difference ?? ''), status: 1 }
      case 'same':
        return isSettled(record)
          ? { text: line('same', path), status: 0 }
          : {
              text: line('error', `${path}: ${unsettled}; all but the clocks is the same`),
              status: 3,
            }
    }
  }
}

function updating(baselines: string, acceptFailures: boolean): Settle {
  // The kernel that a baseline was written from in this run: two kernels of one series share one.
  const written = new Map<string, string>()
  return record => {
    const path = baselinePath(record)
    const { version, release } = record.kernel
    if (!isSettled(record)) {
      return { text: line('error', `${path}: ${unsettled}; nothing is written`), status: 3 }
    }
    if (record.verdict === 'fail' && !acceptFailures) {
      const why = record.why.join('; ')
      const text = `${path}: this guest fails (--accept-failures records it all the same): ${why}`
      return { text: line('refused', text), status: 1 }
    }
    const before = written.get(path)
    if (before !== undefined) {
      const { state, difference } = checkBaseline(baselines, record)
      if (state === 'same') return { text: '', status: 0 }
      const text = `${path}: it is ${before}'s, from which ${version} (${release}) differs`
      return { text: line('conflict', text) + (difference ?? ''), status: 1 }
    }
    written.set(path, `${version} (${release})`)
    const { state } = updateBaseline(baselines, record)
    const failing = record.verdict === 'fail' ? ': of a guest that fails' : ''
    return { text: line(state === 'same' ? 'same' : 'written', path + failing), status: 0 }
  }
}

const unsettled = 'the clock sources had not settled, or the watchdog marked one unstable'

function line(what: string, text: string): string {
  return `${what.padEnd(8)} ${printable(text)}\n`
}
