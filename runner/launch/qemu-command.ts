/** The override table's file and the object that reads it. */
export interface OverrideFiles {
  readonly object: string
  readonly table: string
}

/** What the preloaded object counts a guest's instructions with (runner/native/meter.c). */
export interface MeterFiles {
  readonly object: string
  /** The file that it writes a line to for each line of the console; see `lineCounts()`. */
  readonly counts: string
  /** The log of the console, which is there before QEMU is started. */
  readonly console: string
}

/** How a QEMU is started. */
export interface QemuCommand {
  /** What is set for QEMU itself, and for none of the programs that it is started by. */
  readonly environment: Readonly<Record<string, string>>
  /** The program and its arguments. */
  readonly argv: readonly string[]
}

/** What the preloaded object is to do. */
export interface Preload {
  readonly override?: OverrideFiles | null | undefined
  readonly meter?: MeterFiles | null | undefined
  /** The object, where the guest's CPUs are to wait for its devices (runner/native/lockstep.c). */
  readonly lockstep?: string | null | undefined
  /** The rate of the guest's TSC, where it is not its own (runner/native/tsc.c). */
  readonly tscHook?: TscHook | undefined
  /** The object, where QEMU changes its user and is to die with guise all the same (runner/native/parent.c). */
  readonly parent?: string | null | undefined
  /** The terminal of the guest's console, for the object to write to in portions (runner/native/terminal.c) where it is there anyway. */
  readonly terminal?: string | null | undefined
}

/** How the object is told of the TSC's rate. */
export interface TscHook {
  readonly object: string
  /** `virtual KHZ 1000000`, or `real KHZ OWN`. */
  readonly rate: string
}

/** The environment of a QEMU with the object preloaded (ld.so(8)); empty where it has nothing to do. */
export function preloadEnvironment({
  override,
  meter,
  lockstep,
  tscHook,
  parent,
  terminal,
}: Preload): QemuCommand['environment'] {
  const object = override?.object ?? meter?.object ?? lockstep ?? tscHook?.object ?? parent
  if (object == null) return {}
  return {
    LD_PRELOAD: object,
    ...(override && { GUISE_CPUID_TABLE: override.table }),
    ...(meter && { GUISE_METER: meter.counts, GUISE_METER_CONSOLE: meter.console }),
    ...(lockstep && { GUISE_LOCKSTEP: '1' }),
    ...(tscHook && { GUISE_TSC: tscHook.rate }),
    ...(parent != null && { GUISE_PARENT: '1' }),
    ...(terminal != null && { GUISE_TERMINAL: terminal }),
  }
}

/** Whether the loader takes an object by this path: it separates them by spaces or colons, and knows no escaping (ld.so(8), LD_PRELOAD). */
export function mayBePreloaded(object: string): boolean {
  return !/[ :]/.test(object)
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
