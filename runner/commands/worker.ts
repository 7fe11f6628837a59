import { hostname } from 'node:os'
import { whileUsingCache } from '../cache/use.js'
import { chooseJobs } from '../run/jobs.js'
import { requireOpenFiles } from '../run/open-files.js'
import { machineRoom } from '../launch/machine-room.js'
import type { Accelerator } from '../plan/accelerator.js'
import { asLines } from '../report/setup-progress.js'
import { noteOnStderr } from '../terminal/standard-error.js'
import { InterruptedError } from '../errors.js'
import { interruptible } from './interruptible.js'
import { queueOfOption } from './queue.js'

/** The options of `guise worker`, as commander gives them. */
export interface WorkerCommandOptions {
  readonly queue?: true | string
  readonly jobs?: number
  readonly qemu?: string
  readonly serve?: Accelerator[]
  readonly name?: string
  readonly lostAfter: number
}

// Of a scenario that says nothing of it (scenario/machine-schema.ts).
const usualGuestMiB = 256

/** `guise worker`: runs guests of a queue until it is told to end; what it holds then is given back. */
export async function workerCommand(options: WorkerCommandOptions): Promise<number> {
  const { queue = true, jobs, qemu, serve, name, lostAfter } = options
  const url = queueOfOption(queue)
  const guests = jobs ?? chooseJobs(machineRoom(), usualGuestMiB).count
  requireOpenFiles(guests)
  const { work } = await import('../fleet/worker.js')
  try {
    await interruptible(
      signal =>
        whileUsingCache(() =>
          work({
            url,
            name: name ?? `${hostname()}-${process.pid}`,
            guests,
            qemu,
            serve,
            lostAfterMs: lostAfter * 1000,
            signal,
            onNote: noteOnStderr,
            onSetup: asLines(noteOnStderr),
          }),
        ),
      'ending the guests; they are given back to the queue',
    )
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error
  }
  return 0
}
