import { drivenArguments, shownDevice } from '../plan/driven-devices.js'
import type { Plan } from '../plan/plan.js'
import { cpuArgument, cpusArgument, machineArgument, property } from './machine-arguments.js'
import {
  type OverrideFiles,
  type Preload,
  preloadEnvironment,
  type QemuCommand,
} from './qemu-command.js'
import { sandboxArguments } from './sandbox.js'
import type { ServedTsc } from './tsc.js'

/** Where the guest's serial console goes. */
export type ConsoleEndpoint =
  /** A pseudo-terminal that guise reads; QEMU itself writes the raw bytes to `log`, too. */
  | { readonly kind: 'pty'; readonly path: string; readonly log: string }
  /** The terminal that QEMU was started from. */
  | { readonly kind: 'stdio' }

/** Where the guest's own report goes. */
export type ReportEndpoint =
  /** A file of `size` bytes that the guest sees as a PCI device's memory. */
  | { readonly kind: 'shared-memory'; readonly path: string; readonly size: number }
  /** A Unix socket on which guise listens: the guest's ttyS1. */
  | { readonly kind: 'serial'; readonly path: string }
  /** As on the channel `shared-memory`, with nobody to read it: for a command to be pasted. */
  | { readonly kind: 'unread'; readonly channel: Plan['channel']; readonly size: number }

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
}

/** The whole command of a guest, with the object that overrides CPUID preloaded if leaves are changed. */
export function guestCommand(plan: Plan, files: GuestFiles): QemuCommand {
  return {
    environment: preloadEnvironment({
      ...files,
      tscHook: files.tsc?.hook,
      terminal: files.console.kind === 'pty' ? files.console.path : null,
    }),
    argv: [...files.qemu, ...qemuArguments(plan, files)],
  }
}

function qemuArguments(plan: Plan, files: GuestFiles): string[] {
  const { machine } = plan.scenario
  return [
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-nic', 'none', '-no-reboot'],
    ...(files.sandbox ? sandboxArguments : []),
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
    ...Array.from({ length: machine.disks }, (_, index) => disk(index)).flat(),
    ...deviceArguments(plan.scenario),
    ...['-kernel', files.kernel, '-initrd', files.initramfs, '-append', plan.commandLine],
  ]
}

// QEMU's emulation writes what it delivers to its stderr, which guise reads as it comes: a file of it would have no end.
function lookArguments({ accelerator, look }: Plan, monitor: string | null): string[] {
  const path = monitor === null ? [] : [property(['path', monitor])]
  const chardev = ['socket', 'id=monitor', ...path, 'server=on', 'wait=off'].join(',')
  return [
    ...(monitor === null ? [] : ['-chardev', chardev, '-mon', 'chardev=monitor,mode=control']),
    ...(look !== undefined && accelerator === 'tcg' ? ['-d', 'int,cpu_reset'] : []),
  ]
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

function consoleArguments(endpoint: ConsoleEndpoint): string[] {
  if (endpoint.kind === 'stdio') return ['-serial', 'stdio']
  const chardev = ['serial', 'id=console', property(['path', endpoint.path])]
  return [
    '-chardev',
    [...chardev, property(['logfile', endpoint.log])].join(','),
    '-serial',
    'chardev:console',
  ]
}

function reportArguments(endpoint: ReportEndpoint, machine: string): string[] {
  switch (endpoint.kind) {
    case 'shared-memory':
      return sharedMemory(
        `memory-backend-file,${property(['mem-path', endpoint.path])}`,
        endpoint.size,
      )
    case 'serial':
      return [
        '-chardev',
        ['socket', 'id=report', property(['path', endpoint.path])].join(','),
        ...secondSerial(machine),
      ]
    case 'unread':
      return endpoint.channel === 'shared-memory'
        ? sharedMemory('memory-backend-ram', endpoint.size)
        : ['-chardev', 'null,id=report', ...secondSerial(machine)]
  }
}

function sharedMemory(backend: string, size: number): string[] {
  return [
    ...['-object', `${backend},id=report,size=${size},share=on`],
    ...['-device', 'ivshmem-plain,memdev=report'],
  ]
}

const diskSize = 16 * 1024 * 1024

/** A block device without a file: it reads as zeroes, and forgets what is written. */
function disk(index: number): string[] {
  return ['-blockdev', `driver=null-co,node-name=disk${index},size=${diskSize},read-zeroes=on`]
}

/** microvm has one serial port of its own; a second is a device at the address of COM2. */
function secondSerial(machine: string): string[] {
  return machine === 'microvm'
    ? ['-device', 'isa-serial,chardev=report,index=1']
    : ['-serial', 'chardev:report']
}
