/** The text of a scenario to start from, with what each part is for: it passes as it stands, on every accelerator. */
export function scenarioTemplate(name: string): string {
  return `# A scenario: what a guest is shown, and what its kernel is expected to make of it. It passes as it stands.
# \`guise schema scenario\` has every field, for an editor to check by; runner/scenarios/README.md says what they mean.
name: ${name}
summary: KVM's signature at 0x40000000, with every feature bit zero
# Where the layout comes from: a specification, a commit, a bug report.
source: Linux Documentation/virt/kvm/x86/cpuid.rst

# What the kernel must have, or the scenario is skipped. Beside it \`cmdline: [nopv]\`, \`version: '>=5.10'\`, \`modules: [virtio_blk]\`.
kernel: { config: [KVM_GUEST] }

# Of the leaves 0x40000000-0x4000ffff the guest sees those alone that stand here; \`model\` would keep QEMU's others.
hypervisor-leaves: listed
cpuid:
  # EBX, ECX and EDX spell the signature; EAX is the highest leaf.
  - { leaf: 0x40000000, eax: 0x40000001, signature: KVMKVMKVM }
  # The features: none. A bitmap has single bits: \`eax: 0b1xxx\` sets bit 3 and keeps all others.
  - { leaf: 0x40000001, eax: 0 }

# The first whose conditions hold counts.
expect:
  # - when: { kernel: '>=6.6' } # or fidelity, vendor, qemu
  #   why: the commit that makes the difference
  #   hypervisor: none
  - hypervisor: KVM # the kernel's own words, behind \`Hypervisor detected: \`
    paravirt: KVM # and in its paravirt banner
    clocksource: { includes: [hpet, acpi_pm], excludes: [kvm-clock] }
    adopts: [identity.kvm] # interfaces by their ids: what the kernel takes up,
    rejects: [clock.kvm] # and what it leaves alone
`
}
