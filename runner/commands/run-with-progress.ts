import { pruneOnceADay } from '../../images/prune-cache.js'
import type { SetupProgress } from '../../images/progress.js'
import { asLines } from '../report/setup-progress.js'
import { formatProgress, ProgressLine } from '../report/progress.js'
import type { GuiseRecord } from '../record/schema.js'
import { isTrouble } from '../report/summary.js'
import { TimeLeft } from '../report/time-left.js'
import { run, type RunEvents } from '../run/run.js'
import { type FullRunOptions, guestsOf } from '../run/options.js'
import { standardError } from '../terminal/standard-error.js'

/** What a command does with what comes of a run; it may write to stdout only within `write`. */
export type RunListener = Pick<RunEvents, 'onHeading' | 'onRecord' | 'onNotRun'>

/**
 * Runs with one line on stderr that says how far it is and counts down each second; elsewhere than on a terminal with a line for
 * each guest.
 *
 * @param listen - is given what removes the line while something else is written
 */
export async function runWithProgress(
  options: FullRunOptions,
  listen: (around: (write: () => void) => void) => RunListener = () => ({}),
): Promise<GuiseRecord[]> {
  const progress = new ProgressLine(standardError)
  const startedAt = performance.now()
  const guests = guestsOf(
    options.kernels.map(spec => ({ spec })),
    options,
  )
    .filter(
      ({ kernel, scenario }) => options.begun?.resultOf(kernel.spec, scenario.name) === undefined,
    )
    .map(({ scenario: { name, needs } }) => ({ name, fidelity: needs.fidelity }))
  let left = new TimeLeft(guests, options.jobs)
  const running: { name: string; shown: string }[] = []
  let setup: SetupProgress | null = { kind: 'note', text: 'getting ready' }
  let done = 0
  let failed = 0
  const draw = () => {
    const now = performance.now()
    const elapsedMs = now - startedAt
    const leftMs = left.leftMs(now)
    const total = guests.length
    progress.draw(
      formatProgress({
        setup,
        total,
        done,
        failed,
        running: running.map(({ shown }) => shown),
        leftMs,
        elapsedMs,
      }),
    )
  }
  const lines = asLines(text => {
    progress.note(`guise: ${text}`)
  })
  const listener = listen(write => {
    progress.clear()
    write()
    draw()
  })
  // It keeps no process alive that has nothing else to do.
  const timer = setInterval(draw, 1000).unref()
  draw()
  try {
    const records = await run(options, {
      onNote: text => {
        progress.note(`guise: ${text}`)
        draw()
      },
      onSetup: event => {
        if (event.kind === 'note' || !progress.live) lines(event)
        else setup = event
        draw()
      },
      onHeading: heading => {
        setup = null
        if (heading.jobs !== null) left = new TimeLeft(guests, heading.jobs.count)
        listener.onHeading?.(heading)
      },
      onGuestStart: (name, worker) => {
        setup = null
        const shown = worker === null ? name : `${name} on ${worker}`
        running.push({ name, shown })
        left.start(name, performance.now())
        if (!progress.live) progress.note(`guise: ${done}/${guests.length} done, starting ${shown}`)
        draw()
      },
      onGuestEnd: record => {
        const place = running.findIndex(({ name }) => name === record.scenario)
        if (place >= 0) running.splice(place, 1)
        left.end(record.scenario, performance.now())
        done += 1
        if (isTrouble(record)) failed += 1
        draw()
      },
      ...(listener.onRecord === undefined ? {} : { onRecord: listener.onRecord }),
      ...(listener.onNotRun === undefined ? {} : { onNotRun: listener.onNotRun }),
    })
    await pruneOnceADay()
    return records
  } finally {
    clearInterval(timer)
    progress.clear()
  }
}
