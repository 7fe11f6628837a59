/** The override table's file and the object that reads it. */
export interface OverrideFiles {
  readonly object: string
  readonly table: string
}

/** How a QEMU is started. */
export interface QemuCommand {
  /** What is set for QEMU itself, and for none of the programs that it is started by. */
  readonly environment: Readonly<Record<string, string>>
  /** The program and its arguments. */
  readonly argv: readonly string[]
}

/** The environment of a QEMU whose guest is shown other leaves: the loader preloads the object (ld.so(8)), which reads the table. */
export function overrideEnvironment(files: OverrideFiles | null): QemuCommand['environment'] {
  return files === null ? {} : { LD_PRELOAD: files.object, GUISE_CPUID_TABLE: files.table }
}

/** A command as words to be executed or pasted: `env NAME=VALUE... PROGRAM...`, without `env` if nothing is set. */
export function commandWords({ environment, argv }: QemuCommand): string[] {
  const assignments = assignmentsOf(environment)
  return assignments.length === 0 ? [...argv] : ['env', ...assignments, ...argv]
}

/** An environment as `NAME=VALUE` each, as environ(7) has it. */
export function assignmentsOf(environment: QemuCommand['environment']): string[] {
  return Object.entries(environment).map(([name, value]) => `${name}=${value}`)
}
