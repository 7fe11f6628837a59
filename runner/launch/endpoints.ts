import type { Plan } from '../plan/plan.js'
import { property } from './machine-arguments.js'

/** Where the guest's serial console goes. */
export type ConsoleEndpoint =
  /** A pseudo-terminal that guise reads; QEMU itself writes the raw bytes to `log`, too, where one is kept. */
  | { readonly kind: 'pty'; readonly path: string; readonly log: string | null }
  /** The terminal that QEMU was started from. */
  | { readonly kind: 'stdio' }

/** Where the guest's own report goes. */
export type ReportEndpoint =
  /** A file of `size` bytes that the guest sees as a PCI device's memory. */
  | { readonly kind: 'shared-memory'; readonly path: string; readonly size: number }
  /** A Unix socket on which guise listens: the guest's ttyS1. */
  | { readonly kind: 'serial'; readonly path: string }
  /** A Unix socket on which guise listens, for the control line of a shell's guest: its ttyS1, beside an unread `channel`. */
  | {
      readonly kind: 'control'
      readonly path: string
      readonly channel: Plan['channel']
      readonly size: number
    }
  /** As on the channel `shared-memory`, with nobody to read it: for a command to be pasted. */
  | { readonly kind: 'unread'; readonly channel: Plan['channel']; readonly size: number }

/** The arguments of the console. */
export function consoleArguments(endpoint: ConsoleEndpoint): string[] {
  if (endpoint.kind === 'stdio') return ['-serial', 'stdio']
  const log = endpoint.log === null ? [] : [property(['logfile', endpoint.log])]
  return [
    '-chardev',
    ['serial', 'id=console', property(['path', endpoint.path]), ...log].join(','),
    '-serial',
    'chardev:console',
  ]
}

/**
 * The arguments of what the guest reports by.
 *
 * @param machine - its type
 */
export function reportArguments(endpoint: ReportEndpoint, machine: string): string[] {
  switch (endpoint.kind) {
    case 'shared-memory':
      return sharedMemory(
        `memory-backend-file,${property(['mem-path', endpoint.path])}`,
        endpoint.size,
      )
    case 'serial':
      return serialSocket(endpoint.path, machine)
    case 'control':
      return [
        ...(endpoint.channel === 'shared-memory'
          ? sharedMemory('memory-backend-ram', endpoint.size)
          : []),
        ...serialSocket(endpoint.path, machine),
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

/** The guest's second serial port on a socket on which guise listens. */
function serialSocket(path: string, machine: string): string[] {
  return [
    '-chardev',
    ['socket', 'id=report', property(['path', path])].join(','),
    ...secondSerial(machine),
  ]
}

/** microvm has one serial port of its own; a second is a device at the address of COM2. */
function secondSerial(machine: string): string[] {
  return machine === 'microvm'
    ? ['-device', 'isa-serial,chardev=report,index=1']
    : ['-serial', 'chardev:report']
}
