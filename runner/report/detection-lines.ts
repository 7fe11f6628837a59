// What the kernel says of hypervisors, their clocks and its own (reference/kernel-detection.md, section 4).
const telling = [
  /^Hypervisor detected: /,
  /^Booting .*kernel on /,
  /^(?:kvm-clock|kvm-guest|vmware|Hyper-V|x86\/hyperv|Xen|xen|clocksource|tsc|hpet\d*|Jailhouse|ACRN):? /i,
  /^Xen version /,
  /^(?:PANIC|Kernel panic|BUG|WARNING|Oops|kernel BUG)\b/,
  /\bMarking TSC unstable\b/,
  // The drivers whose devices scenarios offer, for why one gives its device up.
  /^(?:vmwgfx|vmw_pvscsi|vmxnet3|bochs-drm|virtio_gpu|ahci|ata_piix):? /,
  /^\[drm.*\] \*ERROR\* /,
]

// Some ten times what the most talkative kernel says; the console has the rest.
const mostLines = 500

/** The lines of a kernel log that tell of detection and of the clocks; the first of them, where a guest repeats itself. */
export function detectionLines(log: readonly string[]): string[] {
  return log.filter(isDetectionLine).slice(0, mostLines)
}

/** Whether a line of a kernel's log tells of detection or of the clocks. */
export function isDetectionLine(line: string): boolean {
  return telling.some(pattern => pattern.test(line))
}
