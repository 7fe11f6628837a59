import { readFileSync } from 'node:fs'

/** What this boot of the machine is called: what is true of it until the next one is remembered by this (proc_sys_kernel(5)). */
export function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
}
