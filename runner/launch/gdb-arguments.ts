import { property } from './machine-arguments.js'

/** Has QEMU listen for gdb on a socket, and execute no instruction before gdb says so (QEMU, "GDB usage"); null: neither. */
export function gdbArguments(path: string | null): string[] {
  if (path === null) return []
  const chardev = ['socket', 'id=gdb', property(['path', path]), 'server=on', 'wait=off'].join(',')
  return ['-chardev', chardev, '-gdb', 'chardev:gdb', '-S']
}
