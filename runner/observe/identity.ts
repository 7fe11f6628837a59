/** What the kernel takes itself to run on. */
export interface Identity {
  /** The kernel's own words after `Hypervisor detected: `, or null where it says none. */
  readonly hypervisor: string | null
  /** The name in the paravirt banner (`Booting paravirtualized kernel on …`), or null where it did not get there. */
  readonly paravirt: string | null
}

/** Reads the identity off the kernel's log (arch/x86/kernel/cpu/hypervisor.c, arch/x86/kernel/paravirt.c). */
export function identityOf(log: readonly string[]): Identity {
  return {
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
