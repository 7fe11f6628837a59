/** What the kernel takes itself to run on. */
export interface Identity {
  /** The kernel's own words after `Hypervisor detected: `, or null where it says none. */
  readonly hypervisor: string | null
  /** The name in the paravirt banner (`Booting paravirtualized kernel on …`), or null where it did not get there. */
  readonly paravirt: string | null
  /** What /sys/hypervisor/type says, or null where there is none: only a kernel that really runs on Xen has one. */
  readonly sysfsType: string | null
}

/**
 * Reads the identity off the kernel's log (arch/x86/kernel/cpu/hypervisor.c, arch/x86/kernel/paravirt.c).
 *
 * @param sysfsType - what the guest found in /sys/hypervisor/type
 */
export function identityOf(log: readonly string[], sysfsType: string | null = null): Identity {
  return {
    sysfsType,
    hypervisor: afterPrefix(log, /^Hypervisor detected: (.+)$/),
    paravirt: afterPrefix(log, /^Booting (?:paravirtualized )?kernel on (.+)$/),
  }
}

function afterPrefix(log: readonly string[], pattern: RegExp): string | null {
  for (const line of log) {
    const name = pattern.exec(line)?.[1]
    if (name !== undefined) return name.trimEnd()
  }
  return null
}
