import type { Argument, Command, Option } from 'commander'

/** An option of a command, as its user writes it. */
export interface DescribedOption {
  /** `--jobs <n>` */
  readonly flags: string
  /** `--jobs` */
  readonly name: string
  readonly takesValue: boolean
  /** What it takes, where that is one of some words. */
  readonly choices: readonly string[]
  readonly description: string
  /** What it is without being given; null where that needs no words. */
  readonly usual: string | null
}

/** A command with what it takes. */
export interface DescribedCommand {
  /** `baseline check`; of the program itself its name. */
  readonly name: string
  /** `[scenario...]`, with what each argument is. */
  readonly arguments: readonly { readonly name: string; readonly description: string }[]
  readonly description: string
  readonly options: readonly DescribedOption[]
  readonly commands: readonly DescribedCommand[]
}

/** A program, and all that its definition says of it, for a manual and for a shell that completes words. */
export function describeProgram(program: Command): DescribedCommand {
  return describe(program, program.name(), '')
}

function describe(command: Command, name: string, above: string): DescribedCommand {
  return {
    name,
    arguments: command.registeredArguments.map(argument => ({
      name: placeOf(argument),
      description: argument.description,
    })),
    description: command.description(),
    options: command.options.map(describeOption),
    commands: command.commands.map(each => {
      const full = above === '' ? each.name() : `${above} ${each.name()}`
      return describe(each, full, full)
    }),
  }
}

function placeOf(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`
  return argument.required ? `<${name}>` : `[${name}]`
}

function describeOption(option: Option): DescribedOption {
  const usual: unknown = option.defaultValue
  return {
    flags: option.flags,
    name: option.long ?? option.short ?? '',
    takesValue: option.required || option.optional,
    choices: option.argChoices ?? [],
    description: option.description,
    usual: typeof usual === 'string' || typeof usual === 'number' ? String(usual) : null,
  }
}
