import { type Command, Option } from 'commander'
import { type MatrixFormat, matrixFormats } from '../matrix/formats.js'
import { formats } from '../report/formats.js'
import type { ReportOptions } from './report.js'

/** What reads the records of runs. */
export function addRecordCommands(program: Command): void {
  program
    .command('console')
    .description('page the console of a scenario in the last run, with what matched marked')
    .argument('<name>', 'of a scenario')
    .action(async (name: string) => {
      const { consoleCommand } = await import('./console.js')
      process.exitCode = await consoleCommand(name)
    })

  program
    .command('report')
    .description('write what runs came to in another format; it runs nothing')
    .argument('[folder...]', 'what `guise run --output` left (default: the latest run)')
    .addOption(
      new Option('--format <format>', 'html: a page that holds all, and loads nothing')
        .choices([...formats, 'html'])
        .default('text'),
    )
    .option('--origin <name>', 'of --format kcidb: the CI system that submits (default: guise)')
    .option(
      '--build <id>',
      'of --format kcidb: a build that KernelCI has already, ORIGIN:ID, as what was tested',
    )
    .action(async (folders: string[], options: ReportOptions) => {
      const { reportCommand } = await import('./report.js')
      process.exitCode = await reportCommand(folders, options)
    })

  program
    .command('merge')
    .description(
      'make one run of the shards of one (`run --shard`), or of runs on different kernels',
    )
    .argument('<folder...>', 'what `guise run --output` left')
    .requiredOption('--output <folder>', 'a new folder for the whole')
    .action(async (folders: string[], { output }: { output: string }) => {
      const { merge } = await import('./merge.js')
      process.exitCode = merge(folders, output)
    })

  program
    .command('matrix')
    .description('put the records of runs side by side: scenarios by kernels, differences marked')
    .argument('[folder...]', 'what `guise run --output` left (default: the latest run)')
    .addOption(new Option('--format <format>').choices(matrixFormats).default('text'))
    .action(async (folders: string[], options: { format: MatrixFormat }) => {
      const { matrixCommand } = await import('./matrix.js')
      process.exitCode = await matrixCommand(folders, options.format)
    })
}
