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
  /** What guests are run with inside, and what emulates the host outside. */
  qemu: { package: 'qemu-system-x86', program: '/usr/bin/qemu-system-x86_64' },
  /**
   * The modules that make /dev/kvm, with their options; those they need are loaded before them. A vCPU that polls for an
   * interrupt before it sleeps takes the time from the other guest: no polling.
   */
  modules: { kvm: 'halt_poll_ns=0', 'kvm-amd': '' } as Readonly<Record<string, string>>,
  /**
   * Where QEMU's packages keep what it loads into x86 guests: firmware, boot loaders, and the ROMs of cards that a
   * scenario may add. They lie at the same paths in the image, where QEMU finds them.
   */
  firmware: [
    { package: 'seabios', files: /\/usr\/share\/seabios\/[^/]*\.bin$/ },
    {
      package: 'qemu-system-data',
      files:
        /\/usr\/share\/qemu\/(kvmvapic|linuxboot|linuxboot_dma|multiboot|multiboot_dma|pvh)\.bin$/,
    },
    { package: 'ipxe-qemu', files: /\/usr\/(share|lib\/ipxe)\/qemu\/[^/]*\.rom$/ },
  ],
} as const
