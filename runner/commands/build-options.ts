import { type Command, Option } from 'commander'

/** How the kernels of a tree are configured, as commander gives it. */
export interface BuildConfigOptions {
  /** A whole .config. */
  readonly config?: string
  /** Fragments. */
  readonly kconfig?: string[]
}

/** The options of every command that builds kernels. */
export function withBuildOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--config <file>',
        "a whole .config for the kernels that are built (default: guise's small one)",
      ),
    )
    .addOption(
      new Option(
        '--kconfig <file>',
        'a fragment that is merged into the configuration; may be repeated',
      ).argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]),
    )
}
