import { type Command, Option } from 'commander'
import type { BisectOptions } from './bisect-options.js'
import { withBuildOptions } from './build-options.js'
import { compareFormats, type CompareOptions } from './compare-options.js'
import { words } from './guest-commands.js'
import { withFilter, withGuestOptions } from './guest-options.js'

/** The commands that say what changed between two kernels, and which commit did it. */
export function addChangeCommands(program: Command): void {
  withBuildOptions(withFilter(withGuestOptions(program.command('compare'))))
    .description(
      'say what differs between two kernels, QEMUs, runs or baselines; 0 same, 1 differs',
    )
    .argument(
      '<a>',
      'a kernel, as --kernel takes it; qemu:PATH or qemu:debian:SUITE; the folder of a run, a record, a folder of baselines',
    )
    .argument('<b>', 'what it is held against; with --tree, both are revisions')
    .argument('[scenario...]', words)
    .option('--tree <folder>', 'a kernel repository: both are revisions of it, and are built')
    .option('--all', 'name what is the same, too')
    .addOption(new Option('--format <format>').choices(compareFormats).default('text'))
    .action(async (a: string, b: string, asked: string[], options: CompareOptions) => {
      const { compareCommand } = await import('./compare.js')
      process.exitCode = await compareCommand([a, b], asked, options)
    })

  withBuildOptions(withFilter(withGuestOptions(program.command('bisect'))))
    .description('find the commit, or the packaged kernel, that brought a difference')
    .argument('<scenario...>', words)
    .requiredOption('--good <rev>', 'a revision without the difference, or debian:VERSION')
    .requiredOption('--bad <rev>', 'a later one that has it')
    .option(
      '--tree <folder>',
      'a kernel repository, whose checkout is not touched; without it both are packaged kernels',
    )
    .option(
      '--until <fact>',
      "what is looked for, where several things differ: 'clocksource=tsc', 'flag=smep', or a line of a baseline; may be repeated",
      (value: string, before: string[] | undefined) => [...(before ?? []), value],
    )
    .option('--restart', 'begin anew, whatever an earlier one found out')
    .action(async (asked: string[], options: BisectOptions) => {
      const { bisectCommand } = await import('./bisect.js')
      process.exitCode = await bisectCommand(asked, options)
    })
}
