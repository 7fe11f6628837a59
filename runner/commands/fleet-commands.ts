import { type Command, Option } from 'commander'
import { accelerators } from '../plan/accelerator.js'
import { collect, positive, queueUrl } from './guest-options.js'
import type { WorkerCommandOptions } from './worker.js'

/** `guise worker`. */
export function addWorkerCommand(program: Command): void {
  program
    .command('worker')
    .description('run the guests of others’ runs, which `guise run --queue` puts into a queue')
    .option('--queue [url]', queueUrl)
    .option(
      '--jobs <n>',
      'how many guests run at a time (default: one for each CPU, fewer if memory or CPU time is short)',
      positive,
    )
    .option('--qemu <path>', 'a QEMU binary, or debian:SUITE, for all guests')
    .addOption(
      new Option(
        '--serve <accelerator>',
        'serve the guests of an accelerator, whatever is found of it; may be repeated (default: kvm where it works, nested and tcg)',
      )
        .choices(accelerators)
        .argParser(collect),
    )
    .option('--name <name>', 'as runs call it (default: the host’s, and the process id)')
    .option(
      '--lost-after <seconds>',
      'how long it may be silent until its guests are given to others',
      positive,
      20,
    )
    .action(async (options: WorkerCommandOptions) => {
      const { workerCommand } = await import('./worker.js')
      process.exitCode = await workerCommand(options)
    })
}
