import { Argument, Command } from 'commander'
import { terminalWidth } from '../terminal/capabilities.js'
import { printableLines } from '../terminal/printable.js'
import { standardError } from '../terminal/standard-error.js'
import { guiseVersion } from '../version.js'
import { addChangeCommands } from './change-commands.js'
import { addBaselineCommands, addGuestCommands, addShellCommand, words } from './guest-commands.js'
import type { PruneOptions } from './cache.js'
import { positive, wholeNumber, withFilter } from './guest-options.js'
import type { ImportOptions } from './import.js'
import { addWorkerCommand } from './fleet-commands.js'
import { addKernelCommands } from './kernel-commands.js'
import { addRecordCommands } from './record-commands.js'
import type { ListOptions } from './list.js'
import type { NewOptions } from './new.js'

// Each command is a module of its own, loaded when it is called: `guise list` need not load what starts QEMU.

/**
 * The command line of guise.
 *
 * @param writeHelp - takes what commander itself prints on stdout
 */
export function makeProgram(writeHelp: (text: string) => void): Command {
  const program = new Command('guise')
    .description(
      'Shows a Linux kernel a CPU in the guise of any hypervisor, and records what it makes of it.',
    )
    .exitOverride()
    .configureOutput({
      writeOut: writeHelp,
      getOutHelpWidth: () => terminalWidth(process.stdout),
      getErrHelpWidth: () => terminalWidth(standardError),
      writeErr: text => standardError.write(printableLines(text)),
    })
    .showHelpAfterError('(`guise COMMAND --help` shows what it takes)')
    .enablePositionalOptions()
    .version(guiseVersion(), '--version', 'print the version')
  addCatalogueCommands(program)
  addGuestCommands(program)
  addShellCommand(program)
  addWorkerCommand(program)
  addRecordCommands(program)
  addBaselineCommands(program)
  addChangeCommands(program)
  addKernelCommands(program)
  addCacheCommands(program)
  addDoctor(program)
  addManuals(program)
  refuseTwice(program)
  return program
}

/** Commander takes the last of two values, and says nothing. */
function refuseTwice(command: Command): void {
  for (const option of command.options) {
    if (option.variadic || option.description.includes('may be repeated')) continue
    let given = 0
    command.on(`option:${option.name()}`, () => {
      given += 1
      if (given > 1) command.error(`error: option '${option.flags}' is given twice`)
    })
  }
  command.commands.forEach(refuseTwice)
}

/** What reads the catalogue. */
function addCatalogueCommands(program: Command): void {
  withFilter(program.command('list'))
    .description('list the scenarios of the catalogue')
    .argument('[scenario...]', words)
    .option('--groups', 'their groups: how many scenarios each has, and what they have in common')
    .option(
      '--json',
      'an array of {name, summary, groups, needs}; of groups {name, count, meaning}',
    )
    .action(async (asked: string[], options: ListOptions) => {
      const { list } = await import('./list.js')
      process.exitCode = await list(asked, options)
    })

  withFilter(program.command('show'))
    .description('print a scenario as its file has it, and the leaf table it comes to')
    .argument('<scenario>', 'a name, a group or a file')
    .action(async (word: string, options: { filter?: string }) => {
      const { show } = await import('./show.js')
      process.exitCode = await show(word, options.filter)
    })

  program
    .command('import')
    .description('make a scenario of a dump of a real machine’s CPUID')
    .argument('<file>', 'as `cpuid -r`, `kcpuid -r` or InstLatx64 have it')
    .option('--output <file>', 'a new file for the scenario (default: stdout)')
    .option('--force', 'write over a file that is there')
    .option('--name <name>', 'of the scenario (default: of the file)')
    .option('--cpus <n>', 'only the first CPUs of the dump', positive)
    .option('--hypervisor-leaves', 'only the leaves 0x40000000-0x4000ffff of the dump')
    .action(async (file: string, options: ImportOptions) => {
      const { importCommand } = await import('./import.js')
      process.exitCode = await importCommand(file, options)
    })

  program
    .command('new')
    .description('print a scenario to start from, which passes as it stands')
    .argument('<name>', 'of the scenario')
    .option('--like <scenario>', 'start from one of the catalogue, or of a file')
    .option('--from <dump>', 'start from a dump of a real machine’s CPUID; `guise import` has more')
    .option('--output <file>', 'a new file for the scenario (default: stdout)')
    .option('--force', 'write over a file that is there')
    .action(async (name: string, options: NewOptions) => {
      const { newCommand } = await import('./new.js')
      process.exitCode = await newCommand(name, options)
    })

  program
    .command('schema')
    .description('print the JSON Schema of a scenario or a record')
    .argument('<what>', 'scenario or record')
    .action(async (what: string) => {
      const { schema } = await import('./schema.js')
      process.exitCode = await schema(what)
    })
}

/** What lies in the cache, and what is removed of it. */
function addCacheCommands(program: Command): void {
  const cache = program
    .command('cache')
    .description(
      'what guise keeps of what it fetched and made; what was not used for 90 days goes by itself',
    )
  cache
    .command('show', { isDefault: true })
    .description('sizes and ages, a line for each kind')
    .option('--json', 'each item')
    .action(async (options: { json?: true }) => {
      const { cacheShow } = await import('./cache.js')
      process.exitCode = await cacheShow(options)
    })
  cache
    .command('prune')
    .description('remove what was not used for some days; all of it can be made or fetched again')
    .argument('[kind...]', 'of these kinds alone, as `cache show` names them')
    .option('--older <days>', 'unused for that long; 0: all', wholeNumber, 30)
    .option('--dry-run', 'say what would be removed')
    .action(async (kinds: string[], options: PruneOptions) => {
      const { cachePrune } = await import('./cache.js')
      process.exitCode = await cachePrune(kinds, options)
    })
}

/** What is made of the definitions of commands themselves. */
function addManuals(program: Command): void {
  program
    .command('completion')
    .description('print a completion for bash, to be sourced: . <(guise completion bash)')
    .addArgument(
      new Argument('<what>', 'names: of scenarios and groups, for the completion').choices([
        'bash',
        'names',
      ]),
    )
    .action(async (what: 'bash' | 'names') => {
      const { completion } = await import('./manuals.js')
      process.exitCode = await completion(program, what)
    })
  program
    .command('man')
    .description('print the manual page: guise man | man -l -')
    .action(async () => {
      const { man } = await import('./manuals.js')
      process.exitCode = await man(program)
    })
}

function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('say what this machine has of what guise needs')
    .option('--qemu <path>', 'a QEMU binary, or debian:SUITE (default: the one in PATH)')
    .option('--reprobe', 'probe KVM and the nested host anew')
    .action(async (options: { qemu?: string; reprobe?: true }) => {
      const { doctor } = await import('./doctor.js')
      process.exitCode = await doctor(options.qemu, options.reprobe === true)
    })
}
