import type { Identity } from '../hypervisors/facts.js'

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
