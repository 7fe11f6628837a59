import { resolveKernel } from '../../images/kernel/resolve.js'
import { sharedMemoryFor } from '../console/protocol/parse-report.js'
import { guestCommand } from '../launch/qemu-arguments.js'
import { commandWords } from '../launch/qemu-command.js'
import { shellQuote } from '../launch/shell-quote.js'
import { servedTsc } from '../launch/tsc.js'
import { guestInit } from '../paths.js'
import { asLines } from '../report/setup-progress.js'
import { LocalGuests } from '../run/local-guests.js'
import { type FullRunOptions, guestsOf } from '../run/options.js'
import { noteOnStderr } from '../terminal/standard-error.js'
import { print, printPlain } from './standard-output.js'

/**
 * `guise run --dry-run`: prints the command of each guest, one a line, to be pasted into a shell. The guest's console
 * is then the terminal; its report goes nowhere, but the machine is the same.
 */
export async function dryRun(options: FullRunOptions): Promise<number> {
  const { signal } = options
  const onSetup = asLines(noteOnStderr)
  const content = () => Promise.resolve({ init: guestInit })
  const guests = await LocalGuests.open({ run: options, content, onNote: noteOnStderr, onSetup })
  for (const spec of options.kernels) {
    const kernel = await resolveKernel(spec, { signal, onProgress: onSetup })
    for (const { scenario } of guestsOf([kernel], options)) {
      const place = await guests.place(scenario, kernel)
      const guest = await guests.prepare(scenario, kernel, place)
      if ('skip' in guest) {
        await printPlain(`# ${scenario.name}: skip: ${guest.skip}\n`)
        continue
      }
      if (place.accelerator === 'nested') {
        await printPlain(
          `# ${scenario.name}: runs inside the nested host, where no shell reaches\n`,
        )
        continue
      }
      const { plan, images } = guest
      const command = guestCommand(plan, {
        ...images,
        tsc: await servedTsc(plan),
        console: { kind: 'stdio' },
        report: {
          kind: 'unread',
          channel: plan.channel,
          size: sharedMemoryFor(plan.scenario.machine.cpus),
        },
      })
      await print(`${shellQuote(commandWords(command))}\n`)
    }
  }
  return 0
}
