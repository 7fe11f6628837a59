import { type Command, Option } from 'commander'
import { usualBaselines } from '../paths.js'
import { formats } from '../report/formats.js'
import type { BaselineOptions } from './baseline.js'
import {
  kernelSpec,
  positive,
  queueUrl,
  shard,
  withFilter,
  withGuestOptions,
  withMachineOptions,
} from './guest-options.js'
import type { ExplainOptions } from './explain.js'
import type { RunCommandOptions } from './run.js'
import type { ShellOptions } from './shell.js'

/** What the scenarios of a command are named by. */
export const words =
  "names, @groups, globs of either ('hyperv-*'), files, FILE:NAME or folders; all without"

/** The commands that boot guests to run, dump or explain them. */
export function addGuestCommands(program: Command): void {
  withFilter(withGuestOptions(program.command('run')))
    .description('run scenarios and judge what the kernel makes of them')
    .argument('[scenario...]', words)
    .addOption(new Option('--format <format>', 'of the result').choices(formats).default('text'))
    .option(
      '--failed [folder]',
      'what failed, or was not come to, in the last run or in the one that `--output` left in a folder; on its kernels, with its options',
    )
    .option(
      '--resume [folder]',
      'goes on with the last run that was cut short, or with that of a folder, in its place: what has a record is told again, and not run; beside it only --jobs, --format and --fail-fast',
    )
    .addOption(
      new Option(
        '--shard <i/n>',
        'the i-th of n parts of the run, which take about as long; `guise merge` makes a whole of their results',
      ).argParser(shard),
    )
    .option(
      '--costs <folder>',
      'the results of an earlier run, by which --shard divides; the same for each part',
    )
    .option(
      '--fail-fast',
      'start no further guest after the first failure or error; those that run are finished, and `run --failed` goes on from there',
    )
    .option('--allow-skip-all', 'skips alone are a success')
    .option('--repeat <n>', 'run each guest that often, and say which come out otherwise', positive)
    .option(
      '--bisect',
      'exit as `git bisect run` wants it: 0 good, 1 bad, 125 cannot tell (a skip, an error, a kernel that does not build), 128 and up stop',
    )
    .option('--queue [url]', `${queueUrl}, whose workers (\`guise worker\`) run the guests`)
    .option(
      '--queue-wait <seconds>',
      'how long the queue’s server, or a worker for a guest, may be away (default: 60)',
      positive,
    )
    .option('--dry-run', 'print the command of each guest instead of running it')
    .action(async (asked: string[], options: RunCommandOptions) => {
      const { runCommand } = await import('./run.js')
      process.exitCode = await runCommand(asked, options)
    })

  withGuestOptions(program.command('dump'))
    .description('print the CPUID that a guest sees, in `cpuid -r` form')
    .argument('[scenario]', 'a name or a file; without it, the bare CPU model')
    .action(async (word: string | undefined, options: RunCommandOptions) => {
      const { dump } = await import('./dump.js')
      process.exitCode = await dump(word, options)
    })

  withFilter(withGuestOptions(program.command('explain')))
    .description('run a scenario, or read a record, and tell its story in words')
    .argument('[what]', 'a name, a group, a file of scenarios, or a record (.json)')
    .option(
      '--last',
      'of the last run, which boots nothing; without a name, of all that failed in it',
    )
    .option(
      '--svg',
      'a picture of one guest instead: its leaves, the probes that took them, what was taken up',
    )
    .action(async (what: string | undefined, options: RunCommandOptions & ExplainOptions) => {
      const { explainCommand } = await import('./explain.js')
      process.exitCode = await explainCommand(what, options)
    })
}

/** `guise shell`. */
export function addShellCommand(program: Command): void {
  withMachineOptions(program.command('shell'), 'real')
    .description(
      'start the guest of a scenario with a shell in it: busybox, `cpuid`, `dmesg`; Ctrl-A X ends it',
    )
    .argument('<scenario>', 'a name, or a file with one scenario')
    .option('--kernel <spec>', kernelSpec)
    .option(
      '--exec <command>',
      'run one command with `sh -c` instead: its output, errors and status are guise’s; its stdin is empty',
    )
    .option('--timeout <seconds>', 'how long --exec may take (default: by accelerator)', positive)
    .option(
      '--gdb [function]',
      'stop the guest at the first instruction of a kernel’s function (default: init_hypervisor_platform), without KASLR, and print the line that attaches gdb',
    )
    .addHelpText(
      'after',
      `
The guest is the scenario's: its machine, CPU, leaves and command line. What
differs is its initramfs, a second serial port by which guise tells it the size
of the terminal, and its clock, which is real. Ctrl-A H tells the keys. The
terminal is given back as it was.

With --exec the exit status is the command's, or 128 and the signal's number
where a signal killed it; 3 where the guest does not come to the command's end.
At most 16 MiB of output are taken.

With --gdb the guest stands at the function until gdb is attached by the line
that is printed, goes on as gdb says, and when gdb leaves.`,
    )
    .action(async (word: string, options: ShellOptions) => {
      const { shell } = await import('./shell.js')
      process.exitCode = await shell(word, options)
    })
}

/** `guise baseline`: update, check, rules. */
export function addBaselineCommands(program: Command): void {
  const baseline = program
    .command('baseline')
    .description('results per kernel series, as small text files made for git')
  for (const mode of ['update', 'check'] as const) {
    const command = withFilter(withGuestOptions(baseline.command(mode)))
      .description(
        mode === 'update'
          ? 'run scenarios and write what changed of their baselines'
          : 'run scenarios and show how they differ from their baselines; 0 same, 1 differs',
      )
      .argument('[scenario...]', words)
      .addOption(baselinesOption())
      .option('--run <folder>', 'take the records of a run (--output), and boot nothing')
    if (mode === 'update') {
      command
        .option('--accept-failures', 'record also what a guest that fails comes to')
        .option('--prune', 'remove the baselines of scenarios that there are no more')
    }
    command.action(async (asked: string[], options: BaselineOptions) => {
      const { baselineCommand } = await import('./baseline.js')
      process.exitCode = await baselineCommand(mode, asked, options)
    })
  }
  baseline
    .command('rules')
    .description('say what baselines leave out, and what is ignored (ignore.yaml), and why')
    .addOption(baselinesOption())
    .action(async ({ baselines }: Pick<BaselineOptions, 'baselines'>) => {
      const { baselineRules } = await import('./baseline.js')
      process.exitCode = await baselineRules(baselines)
    })
}

function baselinesOption(): Option {
  return new Option('--baselines <folder>', 'where the baselines lie').default(usualBaselines)
}
