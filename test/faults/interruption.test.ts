import { existsSync } from 'node:fs'
import { type CliResult, type StartedCommand, until } from '../fixtures/sandbox.js'
import { type Bench, hang, inject, kernel, reported, type RunOptions } from './bench.js'
import { faults } from './list.js'

/** Starts a run whose second guest hangs, and does something to guise then. */
async function whileItHangs(
  bench: Bench,
  act: (guise: StartedCommand) => void | Promise<void>,
  options: RunOptions = {},
): Promise<CliResult> {
  const guise = bench.start({ steps: [kernel, hang], ...options })
  await bench.strikes()
  await act(guise)
  return guise.ended
}

const signal = (name: NodeJS.Signals) => (bench: Bench) =>
  whileItHangs(bench, ({ pid }) => {
    process.kill(pid, name)
  })

await inject('interruption', faults.interruption, {
  sigint: bench =>
    whileItHangs(bench, ({ pid }) => {
      process.kill(-pid, 'SIGINT')
    }),
  'sigint-twice': async bench => {
    let guise: StartedCommand | undefined
    // Only the one that comes half a second after the first counts; until guise is gone one comes every now and then.
    const again = setInterval(() => {
      if (guise !== undefined && existsSync(`/proc/${guise.pid}`)) process.kill(guise.pid, 'SIGINT')
    }, 200)
    const ended = whileItHangs(
      bench,
      started => {
        guise = started
      },
      { steps: [{ ignore: 'SIGTERM' }, kernel, hang] },
    )
    return ended.finally(() => {
      clearInterval(again)
    })
  },
  sigterm: signal('SIGTERM'),
  sighup: signal('SIGHUP'),
  'stdout-closed': bench => {
    const gone = bench.sandbox.at('gone')
    const within = ['bash', '-c', '"$@" > >(head -n 1; >"$0")', gone]
    // What is told of the first guest finds nobody.
    const before = [kernel, { until: gone }, ...reported.slice(1)]
    return bench.run({ within, before, steps: [kernel, hang] })
  },
  'kill-9': async bench => {
    const goOn = bench.sandbox.at('go-on')
    const kill = ({ pid }: StartedCommand) => {
      process.kill(pid, 'SIGKILL')
    }
    const steps = [kernel, { until: goOn }, ...reported.slice(1)]
    await whileItHangs(bench, kill, { steps })
    await until(() => bench.sandbox.relatives().length === 0)
    bench.sandbox.write('go-on', '')
    return bench.sandbox.guise('run', '--resume', bench.output, '--format', bench.format)
  },
})
