/**
 * What the nested host is made of. Whoever changes anything here, or what the builder does with it, counts `version` up:
 * images made before are then made anew.
 */
export const recipe = {
  version: 1,
  /**
   * Debian 13: its kernel has CONFIG_KVM_XEN (6.1 has not), and its QEMU `xen-version` (since 8.0) and a TCG under which
   * the host stays up far longer than under Debian 12's (see README.md).
   */
  suite: 'trixie',
  /** How many packages of it that comes to, nearly, so that a download can tell how far it is. */
  packages: 60,
  /**
   * The modules that make /dev/kvm, with their options; those they need are loaded before them. A vCPU that polls for an
   * interrupt before it sleeps takes the time from the other guest: no polling.
   */
  modules: { kvm: 'halt_poll_ns=0', 'kvm-amd': '' } as Readonly<Record<string, string>>,
} as const
