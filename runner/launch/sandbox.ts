import { existsSync } from 'node:fs'

/**
 * System calls that no guest of guise's makes QEMU need (qemu(1), -sandbox): those that Linux keeps for old programs, those that
 * change user or group, those that start programs, and those that change a process's share of the machine. A QEMU that makes one
 * all the same is killed by SIGSYS.
 */
export const sandboxArguments = sandbox('deny')

/** The user and the group that a QEMU of root's becomes: nobody, who owns nothing (runner/native/confine.c has it, too). */
export const nobody = 65534

/**
 * The arguments that confine a QEMU.
 *
 * @param rights - those by which it gives up root's rights, see {@link rightsArguments}: it has to change its user then, behind which
 *   it has no right to do so again, nor by another program, which confine.c sees to (prctl(2), PR_SET_NO_NEW_PRIVS)
 */
export function confinementArguments(
  sandboxed: boolean,
  rights: readonly string[] = [],
): readonly string[] {
  if (!sandboxed) return rights
  return rights.length === 0 ? sandboxArguments : [...sandbox('allow'), ...rights]
}

/**
 * The arguments by which a QEMU that root starts becomes nobody, once it has opened its files and before its guest runs.
 *
 * @param version - QEMU's: `-run-with user=` is there from 9.1 on, which deprecates `-runas` (QEMU docs/about/deprecated.rst)
 */
export function rightsArguments(version: string): readonly string[] {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isNew = major > 9 || (major === 9 && minor >= 1)
  return isNew ? ['-run-with', `user=${nobody}:${nobody}`] : ['-runas', `${nobody}:${nobody}`]
}

function sandbox(elevateprivileges: 'deny' | 'allow'): readonly string[] {
  return [
    '-sandbox',
    `on,obsolete=deny,elevateprivileges=${elevateprivileges},spawn=deny,resourcecontrol=deny`,
  ]
}

/** Whether this machine's kernel filters system calls (CONFIG_SECCOMP_FILTER; proc_sys_kernel(5)). */
export function kernelHasSeccomp(): boolean {
  return existsSync('/proc/sys/kernel/seccomp/actions_avail')
}
