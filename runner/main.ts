import { setImmediate as nextTurn } from 'node:timers/promises'
import { inspect } from 'node:util'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import type { BaselineOptions } from './commands/baseline.js'
import type { RunCommandOptions } from './commands/run.js'
import { BuildError, EnvironmentError, InputError } from './errors.js'
import { outOfFiles } from './run/open-files.js'
import { guiseVersion } from './version.js'
import { accelerators } from './plan/accelerator.js'
import { formats } from './report/reporter.js'
import { print } from './commands/standard-output.js'
import { terminalWidth } from './terminal/capabilities.js'
import { releaseClosedTerminals } from './terminal/hangup.js'
import { printableLines } from './terminal/printable.js'
import { noteOnStderr, standardError } from './terminal/standard-error.js'

// Each command is a module of its own, loaded when it is called: `guise list` need not load what starts QEMU.

const words =
  "names, @groups, globs of either ('hyperv-*'), files, FILE:NAME or folders; all without"

process.on('exit', releaseClosedTerminals)

// What commander prints itself.
let help = Promise.resolve()
const program = new Command('guise')
  .description(
    'Shows a Linux kernel a CPU in the guise of any hypervisor, and records what it makes of it.',
  )
  .exitOverride()
  .configureOutput({
    writeOut: text => {
      help = help.then(() => print(text))
    },
    getOutHelpWidth: () => terminalWidth(process.stdout),
    getErrHelpWidth: () => terminalWidth(standardError),
    writeErr: text => standardError.write(printableLines(text)),
  })
  .showHelpAfterError('(`guise COMMAND --help` shows what it takes)')
  .enablePositionalOptions()
  .version(guiseVersion(), '--version', 'print the version')

program
  .command('list')
  .description('list the scenarios of the catalogue')
  .argument('[scenario...]', words)
  .option('--json', 'an array of {name, summary, groups, needs}')
  .action(async (asked: string[], options: { json?: true }) => {
    const { list } = await import('./commands/list.js')
    process.exitCode = await list(asked, options.json === true)
  })

program
  .command('show')
  .description('print a scenario as its file has it, and the leaf table it comes to')
  .argument('<scenario>', 'a name or a file')
  .action(async (word: string) => {
    const { show } = await import('./commands/show.js')
    process.exitCode = await show(word)
  })

program
  .command('schema')
  .description('print the JSON Schema of a scenario or a record')
  .argument('<what>', 'scenario or record')
  .action(async (what: string) => {
    const { schema } = await import('./commands/schema.js')
    process.exitCode = await schema(what)
  })

withRunOptions(program.command('run'))
  .description('run scenarios and judge what the kernel makes of them')
  .argument('[scenario...]', words)
  .addOption(new Option('--format <format>', 'of the result').choices(formats).default('text'))
  .option('--failed', 'those that failed in the last run, on its kernels and with its options')
  .option('--allow-skip-all', 'skips alone are a success')
  .option('--dry-run', 'print the command of each guest instead of running it')
  .action(async (asked: string[], options: RunCommandOptions) => {
    const { runCommand } = await import('./commands/run.js')
    process.exitCode = await runCommand(asked, options)
  })

withRunOptions(program.command('dump'))
  .description('print the CPUID that a guest sees, in `cpuid -r` form')
  .argument('[scenario]', 'a name or a file; without it, the bare CPU model')
  .action(async (word: string | undefined, options: RunCommandOptions) => {
    const { dump } = await import('./commands/dump.js')
    process.exitCode = await dump(word, options)
  })

withRunOptions(program.command('explain'))
  .description('run a scenario, or read a record, and tell its story in words')
  .argument('[what]', 'a name, a group, a file of scenarios, or a record (.json)')
  .option(
    '--last',
    'of the last run, which boots nothing; without a name, of all that failed in it',
  )
  .action(async (what: string | undefined, options: RunCommandOptions & { last?: true }) => {
    const { explainCommand } = await import('./commands/explain.js')
    process.exitCode = await explainCommand(what, options)
  })

program
  .command('console')
  .description('page the console of a scenario in the last run, with what matched marked')
  .argument('<name>', 'of a scenario')
  .action(async (name: string) => {
    const { consoleCommand } = await import('./commands/console.js')
    process.exitCode = await consoleCommand(name)
  })

program
  .command('matrix')
  .description('put the records of runs side by side: scenarios by kernels, differences marked')
  .argument('[folder...]', 'what `guise run --output` left (default: the latest run)')
  .addOption(new Option('--format <format>').choices(['text', 'json', 'tap']).default('text'))
  .action(async (folders: string[], options: { format: 'text' | 'json' | 'tap' }) => {
    const { matrixCommand } = await import('./commands/matrix.js')
    process.exitCode = await matrixCommand(folders, options.format)
  })

const baseline = program
  .command('baseline')
  .description('results per kernel series, as small text files made for git')
for (const mode of ['update', 'check'] as const) {
  withRunOptions(baseline.command(mode))
    .description(
      mode === 'update'
        ? 'run scenarios and write what changed of their baselines'
        : 'run scenarios and show how they differ from their baselines; 0 same, 1 differs',
    )
    .argument('[scenario...]', words)
    .option('--baselines <folder>', 'where the baselines lie', 'guise-baselines')
    .option('--accept-failures', 'update: record also what a guest that fails comes to')
    .action(async (asked: string[], options: BaselineOptions) => {
      const { baselineCommand } = await import('./commands/baseline.js')
      process.exitCode = await baselineCommand(mode, asked, options)
    })
}

const kernel = program.command('kernel').description('the kernels that guise can have')

kernel
  .command('list')
  .description("list the kernels of Debian's suites, and those that guise has built")
  .option('--all', 'every one, not only the newest of each suite, series and flavour')
  .option('--json', 'an object {suites, kernels, builds}')
  .action(async (options: { all?: true; json?: true }) => {
    const { kernelList } = await import('./commands/kernel-list.js')
    process.exitCode = await kernelList(options)
  })

kernel
  .command('fetch')
  .description('fetch kernels into the cache; prints path, version and SHA-256')
  .argument('<spec...>', 'debian:SUITE or debian:VERSION, with an optional /FLAVOUR')
  .option('--json', 'an object a line')
  .action(async (specs: string[], options: { json?: true }) => {
    const { kernelFetch } = await import('./commands/kernel-fetch.js')
    process.exitCode = await kernelFetch(specs, options)
  })

kernel
  .command('build')
  .description('build the small kernel of a source tree; prints its folder, version and SHA-256')
  .argument('<tree...>', "a kernel source tree, or debian:SUITE|VERSION for Debian's linux-source")
  .option('--json', 'an object a line')
  .action(async (sources: string[], options: { json?: true }) => {
    const { kernelBuild } = await import('./commands/kernel-build.js')
    process.exitCode = await kernelBuild(sources, options)
  })

program
  .command('doctor')
  .description('say what this machine has of what guise needs')
  .option('--qemu <path>', 'the QEMU binary (default: the one in PATH)')
  .option('--reprobe', 'probe KVM and the nested host anew')
  .action(async (options: { qemu?: string; reprobe?: true }) => {
    const { doctor } = await import('./commands/doctor.js')
    process.exitCode = await doctor(options.qemu, options.reprobe === true)
  })

program
  .parseAsync()
  .finally(() => help)
  .catch(async (error: unknown) => {
    // What an emitter has to say, which is why something else could not go on, comes first.
    await nextTurn()
    exitBecauseOf(error)
  })

// Where no pipe can be made, spawn() of Node gives back a process without streams, which nobody can listen to, and that then emits
// its error. Guests end with guise (PR_SET_PDEATHSIG), and their folders are removed on exit.
process.on('uncaughtException', exitBecauseOf)

/** The options of every command that boots guests. */
function withRunOptions(command: Command): Command {
  return command
    .option(
      '--kernel <spec>',
      'a bzImage, vmlinux, build or source tree, .deb or debian:SUITE|VERSION; may be repeated (default: debian:bookworm)',
      collect,
    )
    .addOption(
      new Option('--accel <accelerator>', 'what runs the guests')
        .choices(['auto', ...accelerators])
        .default('auto'),
    )
    .option('--qemu <path>', 'the QEMU binary (default: the one in PATH)')
    .option('--jobs <n>', 'how many guests run at a time (default: the number of cores)', positive)
    .option(
      '--output <folder>',
      'where records and consoles are kept (default: under XDG_STATE_HOME)',
    )
    .option(
      '--timeout <seconds>',
      'the total deadline of a guest (default: by accelerator)',
      positive,
    )
    .option('--allow-host-files', 'lets scenarios give guests files and devices of this machine')
    .option('--full-console', 'the whole kernel log on the console, also where KVM makes that slow')
    .addOption(
      new Option('--channel <channel>', "forces the guest's report channel").choices([
        'shared-memory',
        'serial',
      ]),
    )
}

function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value]
}

function positive(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError(`expected a whole number from 1, got \`${text}\``)
  }
  return value
}

/** Ends guise: after a failure, what did not come to an end must not keep it alive. Writes to pipes and files are done by then. */
function exitBecauseOf(error: unknown): void {
  process.exit(exitStatusOf(error))
}

/** Says what went wrong, on stderr, and gives the exit status for it (DESIGN.md, section 9). */
function exitStatusOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  const tooMany = outOfFiles(error)
  if (tooMany !== undefined) {
    noteOnStderr(tooMany)
    return 3
  }
  if (error instanceof InputError || error instanceof EnvironmentError) {
    // An editor finds its way by the compiler's lines as they are.
    if (error instanceof BuildError)
      standardError.write(printableLines(error.compilerLines.map(line => `${line}\n`).join('')))
    noteOnStderr(error.message)
    return error instanceof InputError ? 2 : 3
  }
  if (error instanceof Error && error.name === 'InterruptedError') {
    noteOnStderr('interrupted')
    return 130
  }
  noteOnStderr(`a fault of guise's own, please report it: ${inspect(error)}`)
  return 3
}
