import { drivenArguments, shownDevice } from '../plan/driven-devices.js'
import { overrideObject } from '../paths.js'
import type { Plan } from '../plan/plan.js'
import {
  consoleArguments,
  type ConsoleEndpoint,
  reportArguments,
  type ReportEndpoint,
} from './endpoints.js'
import { cpuArgument, cpusArgument, machineArgument, property } from './machine-arguments.js'
import {
  type OverrideFiles,
  type Preload,
  preloadEnvironment,
  type QemuCommand,
} from './qemu-command.js'
import { confinementArguments } from './sandbox.js'
import type { ServedTsc } from './tsc.js'

/** Where the QEMU of a guest that shows a picture is asked for it. */
export type ScreenEndpoint =
  /** A Unix socket on which guise listens. */
  | { readonly kind: 'path'; readonly path: string }
  /** A connected socket that it inherits. */
  | { readonly kind: 'descriptor'; readonly descriptor: number }

/** The files and ends that a plan's guest is started with. */
export interface GuestFiles {
  /** The command of QEMU, without options. */
  readonly qemu: readonly string[]
  /** Whether that QEMU is to be confined by `-sandbox`. */
  readonly sandbox: boolean
  /** The arguments by which it gives up root's rights; none without it. */
  readonly rights?: readonly string[]
  readonly kernel: string
  readonly initramfs: string
  /** Null if no leaf is changed. */
  readonly override: OverrideFiles | null
  /** Without it no instructions are counted. */
  readonly meter?: Preload['meter']
  readonly lockstep?: Preload['lockstep']
  /** What was found to serve the rate that is asked of the TSC; without it that counts at its own. */
  readonly tsc?: ServedTsc | undefined
  readonly console: ConsoleEndpoint
  readonly report: ReportEndpoint
  /** Where QEMU listens for what is to be known of the guest's CPUs; without it, it has no monitor. */
  readonly monitor?: string | null
  /** For a guest that shows a picture; without it, nobody takes that. */
  readonly screen?: ScreenEndpoint | null
  /** Where QEMU listens for gdb, and waits for it before the guest's first instruction; without it, it does not. */
  readonly gdb?: string | null
}

/** The whole command of a guest, with the object that overrides CPUID preloaded if leaves are changed. */
export function guestCommand(plan: Plan, files: GuestFiles): QemuCommand {
  return {
    environment: preloadEnvironment({
      ...files,
      tscHook: files.tsc?.hook,
      parent: (files.rights ?? []).length > 0 ? overrideObject : null,
      terminal: files.console.kind === 'pty' ? files.console.path : null,
    }),
    argv: [...files.qemu, ...qemuArguments(plan, files)],
  }
}

function qemuArguments(plan: Plan, files: GuestFiles): string[] {
  const { machine } = plan.scenario
  return [
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-nic', 'none', '-no-reboot'],
    ...confinementArguments(files.sandbox, files.rights),
    ...['-machine', machineArgument(machine)],
    ...['-accel', acceleratorArgument(plan)],
    ...clockArguments(plan),
    ...['-cpu', cpuArgument(plan.scenario.cpu, files.tsc)],
    ...['-smp', cpusArgument(machine), '-m', `${machine.memory}M`],
    ...Object.entries(machine.smbios).flatMap(([type, options]) => [
      '-smbios',
      [`type=${type}`, ...Object.entries(options).map(property)].join(','),
    ]),
    ...consoleArguments(files.console),
    ...reportArguments(files.report, machine.type),
    ...lookArguments(plan, files.monitor ?? null),
    ...screenArguments(plan, files.screen ?? null),
    ...gdbArguments(files.gdb ?? null),
    ...Array.from({ length: machine.disks }, (_, index) => disk(index)).flat(),
    ...deviceArguments(plan.scenario),
    ...['-kernel', files.kernel, '-initrd', files.initramfs, '-append', plan.commandLine],
  ]
}

// QEMU's emulation writes what it delivers to its stderr, which guise reads as it comes: a file of it would have no end.
function lookArguments({ accelerator, look }: Plan, monitor: string | null): string[] {
  return [
    ...(monitor === null
      ? []
      : ['-chardev', listening('monitor', monitor), '-mon', 'chardev=monitor,mode=control']),
    ...(look !== undefined && accelerator === 'tcg' ? ['-d', 'int,cpu_reset'] : []),
  ]
}

// `-S`: the guest's CPUs stand still until gdb's `continue`.
function gdbArguments(gdb: string | null): string[] {
  return gdb === null ? [] : ['-chardev', listening('gdb', gdb), '-gdb', 'chardev:gdb', '-S']
}

/** A character device whose Unix socket QEMU listens on. */
function listening(id: string, path: string): string {
  return ['socket', `id=${id}`, property(['path', path]), 'server=on', 'wait=off'].join(',')
}

// `-no-shutdown`: the machine stays as it is when the guest has ended it, until its picture is taken.
function screenArguments(plan: Plan, screen: ScreenEndpoint | null): string[] {
  if (screen === null || shownDevice(plan) === null) return []
  const end = screen.kind === 'path' ? property(['path', screen.path]) : `fd=${screen.descriptor}`
  const chardev = ['socket', 'id=screen', end].join(',')
  return ['-chardev', chardev, '-mon', 'chardev=screen,mode=control', '-no-shutdown']
}

function deviceArguments(scenario: Plan['scenario']): string[] {
  const driven = drivenArguments(scenario)
  return scenario.machine.devices.flatMap((device, index) => [
    '-device',
    driven.find(each => each.index === index)?.argument ?? device,
  ])
}

function acceleratorArgument({ accelerator, scenario }: Plan): string {
  if (accelerator === 'tcg') return 'tcg'
  return ['kvm', ...Object.entries(scenario.machine.accel).map(property)].join(',')
}

// `sleep=off`: where the guest waits for a timer, its time goes on to it at once. A larger shift makes a guest that waits in a loop
// cheaper and one that takes ticks dearer; at 4, an instruction counts as 16 ns (2^4). Each draw of lots is the same, and so is the
// date that the guest's clock chip shows (QEMU's docs/devel/tcg-icount.rst, and -rtc and -seed in qemu-options.hx).
const virtualClock = [
  ...['-icount', 'shift=4,sleep=off'],
  ...['-rtc', 'base=2026-01-01,clock=vm'],
  ...['-seed', '1'],
]

function clockArguments({ clock }: Plan): readonly string[] {
  return clock.clock === 'virtual' ? virtualClock : []
}

const diskSize = 16 * 1024 * 1024

/** A block device without a file: it reads as zeroes, and forgets what is written. */
function disk(index: number): string[] {
  return ['-blockdev', `driver=null-co,node-name=disk${index},size=${diskSize},read-zeroes=on`]
}
