import { existsSync } from 'node:fs'

/**
 * System calls that no guest of guise's makes QEMU need (qemu(1), -sandbox): those that Linux keeps for old programs, those that
 * change user or group, those that start programs, and those that change a process's share of the machine. A QEMU that makes one
 * all the same is killed by SIGSYS.
 */
export const sandboxArguments = [
  '-sandbox',
  'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny',
] as const

/** Whether this machine's kernel filters system calls (CONFIG_SECCOMP_FILTER; proc_sys_kernel(5)). */
export function kernelHasSeccomp(): boolean {
  return existsSync('/proc/sys/kernel/seccomp/actions_avail')
}
