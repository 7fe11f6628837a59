import t from 'tap'
import { normaliseLogLine, normaliseText } from '../../runner/baseline/normalise.js'

t.test('what is registered, chosen or asked for of the clocks is kept', t => {
  // kernel/time/clocksource.c, arch/x86/kernel/tsc.c and hpet.c of 6.1.
  for (const line of [
    'tsc: Detected N MHz processor',
    'tsc: Marking TSC unstable due to running on Hyper-V',
    'clocksource: hpet: mask: 0xffffffff max_cycles: 0xffffffff, max_idle_ns: N ns',
    'clocksource: Switched to clocksource hpet',
    'clocksource: Switched to clocksource tsc',
    'clocksource: Override clocksource tsc is not currently HRT compatible - deferring',
    'clocksource: clocksource mine registered with invalid VDSO mode 7. Disabling VDSO support.',
    'clocksource: Nonstop clocksource mine should not supply suspend/resume interfaces',
    'clocksource: clock=pmtmr is deprecated - use clocksource=acpi_pm',
    'clocksource: clock= boot option is deprecated - use clocksource=xyz',
    'hpet: 3 channels of 0 reserved for per-cpu timers',
  ]) {
    t.equal(normaliseLogLine(line), line)
  }
  t.end()
})

t.test('what depends on the load is not', t => {
  t.equal(normaliseLogLine('hpet: Lost 3 RTC interrupts'), null)
  const late = "TSC found unstable after boot, most likely due to broken BIOS. Use 'tsc=unstable'."
  t.equal(normaliseLogLine(late), null)
  t.equal(normaliseLogLine('clocksource: Switched to clocksource tsc-early'), null)
  t.end()
})

t.test('a text loses all that differs from run to run, and no more', t => {
  for (const [text, normal] of [
    ['max_cycles: 0xffffff, max_idle_ns: 2085701024 ns', 'max_cycles: 0xffffff, max_idle_ns: N ns'],
    ['clocksource: tsc: max_cycles: 0x2c8', 'clocksource: tsc: max_cycles: ADDRESS'],
    ['clocksource: tsc-early: max_cycles: 0x2c8', 'clocksource: tsc-early: max_cycles: ADDRESS'],
    ['clocksource: acpi_pm: max_cycles: 0xffffff', 'clocksource: acpi_pm: max_cycles: 0xffffff'],
    ['kvm-clock: cpu 0, msr 3f001001, x', 'kvm-clock: cpu 0, msr ADDRESS, x'],
    ['kvm-clock: Using msrs 4b564d01 and 4b564d00', 'kvm-clock: Using msrs 4b564d01 and 4b564d00'],
    ['RSP 12345678', 'RSP 12345678'],
    ['RSP 123456789', 'RSP ADDRESS'],
    ['RSP 0xffffffff93e8f984', 'RSP ADDRESS'],
    ['RSP ffffffff93e8f9840', 'RSP ffffffff93e8f9840'],
    [
      'PANIC: early exception 0x06 IP 10:f00 error 0',
      'PANIC: early exception 0x06 IP ADDRESS error 0',
    ],
    ['error 0 cr2 0x8', 'error 0 cr2 ADDRESS'],
    [
      'BUG: kernel NULL pointer dereference, address: 00000008',
      'BUG: kernel NULL pointer dereference, address: ADDRESS',
    ],
    ['RIP: 0010:kvm_guest_init+0x1d/0x40', 'RIP: 0010:kvm_guest_init+N/N'],
    ['tsc: Detected 2596.116 MHz processor', 'tsc: Detected N MHz processor'],
    [
      'Total of 1 processors activated (5192.23 BogoMIPS)',
      'Total of 1 processors activated (N BogoMIPS)',
    ],
    ['vmware: using clock offset of 81234 ns', 'vmware: using clock offset of N ns'],
    ['kvm-clock: using sched offset of 12345 cycles', 'kvm-clock: using sched offset of N cycles'],
    [
      'kernel BUG at arch/x86/xen/enlighten_hvm.c:81!',
      'kernel BUG at arch/x86/xen/enlighten_hvm.c:N!',
    ],
    ['kernel BUG at include/linux/swapops.h:497!', 'kernel BUG at include/linux/swapops.h:N!'],
    ['CPU: 1 PID: 17 Comm: init', 'CPU: N PID: N Comm: init'],
    [
      'watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [init:1]',
      'watchdog: BUG: soft lockup - CPU#N stuck',
    ],
    ['(t=5250 jiffies g=17 q=3)', '(t=N)'],
    ['(t=5250 jiffies g=-1195 q=3 ncpus=1)', '(t=N)'],
    ['ends in spaces \t', 'ends in spaces'],
    ['\u001b[31m', '\\x1b[31m'],
  ] as const) {
    t.equal(normaliseText(text), normal)
  }
  t.end()
})

t.test('log lines lose addresses, frequencies and what depends on timing', t => {
  for (const [line, normal] of [
    [
      'PANIC: early exception 0x06 IP 10:ffffffff93e8f984 error 0 cr2 0xff1100000c226ff8',
      'PANIC: early exception 0x06 IP ADDRESS error 0 cr2 ADDRESS',
    ],
    ['tsc: Detected 2596.116 MHz processor', 'tsc: Detected N MHz processor'],
    ['kvm-clock: using sched offset of 12345 cycles', 'kvm-clock: using sched offset of N cycles'],
    ['kvm-clock: Using msrs 4b564d01 and 4b564d00', 'kvm-clock: Using msrs 4b564d01 and 4b564d00'],
    [
      'kernel BUG at arch/x86/xen/enlighten_hvm.c:81!',
      'kernel BUG at arch/x86/xen/enlighten_hvm.c:N!',
    ],
    ['Hyper-V: privilege flags low 0x60, high 0x0, hints 0x1000, misc 0x0', null],
    ['tsc: Refined TSC clocksource calibration: 2595.9 MHz', undefined],
  ] as const) {
    if (normal === undefined) t.equal(normaliseLogLine(line), null)
    else t.equal(normaliseLogLine(line), normal ?? line)
  }
  t.end()
})

t.test('what measuring and watching the clocks says depends on the load', t => {
  // arch/x86/kernel/tsc.c and kernel/time/clocksource.c of 6.1, and what later versions were seen to say.
  for (const line of [
    'tsc: Fast TSC calibration using PIT',
    'tsc: Fast TSC calibration failed',
    'tsc: Unable to calibrate against PIT',
    'tsc: No reference (HPET/PMTIMER) available',
    'tsc: HPET/PMTIMER calibration failed',
    'tsc: HPET/PMTIMER calibration failed. Using PIT calibration.',
    'tsc: using HPET reference calibration',
    'tsc: PIT calibration matches PMTIMER. 2 loops',
    'tsc: PIT calibration deviates from HPET: 2595103 2303111',
    'tsc: Using PIT calibration value',
    'tsc: Refined TSC clocksource calibration: 2595.123 MHz',
    'tsc: Detected 2595.123 MHz TSC',
    'tsc: Warning: TSC freq calibrated by CPUID/MSR differs from what is calibrated by HW timer, please check with vendor!!',
    'tsc: Previous calibrated TSC freq:\t 2595.123 MHz',
    'tsc: TSC freq recalibrated by [HPET]:\t 2595.123 MHz',
    'tsc: Marking TSC unstable due to clocksource watchdog',
    "clocksource: timekeeping watchdog on CPU0: Marking clocksource 'tsc' as unstable because the skew is too large:",
    "clocksource:                       'hpet' wd_nsec: 503 wd_now: 5e3b1c2d wd_last: 5b mask: ffffffff",
    "clocksource:                       'tsc' cs_nsec: 588 cs_now: 1a2b3c4d5e cs_last: 1a mask: ffffffffffffffff",
    "clocksource:                       'tsc' (not 'hpet') is current clocksource.",
    'clocksource:                       No current clocksource.',
    'clocksource: timekeeping watchdog on CPU0: hpet retried 2 times before success',
    'clocksource: wd-tsc-wd read-back delay of 120000ns, clock-skew test skipped!',
    'clocksource: Checking clocksource tsc synchronization from CPU 0 to CPUs 1.',
    'clocksource:         CPUs 1 ahead of CPU 0 for clocksource tsc.',
    'clocksource: Watchdog    hpet interval:        500000000ns',
    'clocksource: Watchdog hpet read timed out. Readout sequence took: 61000ns',
    'clocksource: Watchdog remote CPU 1 read timed out',
    'clocksource: Marking clocksource tsc unstable due to frequency skew',
    'clocksource: CPU1         12345678 < CPU0         23456789 (cycles)',
  ]) {
    t.equal(normaliseLogLine(line), null, line)
  }
  for (const line of [
    'tsc: Marking TSC unstable due to running on Hyper-V',
    'clocksource: Switched to clocksource hpet',
    'clocksource: acpi_pm: mask: 0xffffff max_cycles: 0xffffff, max_idle_ns: N ns',
  ]) {
    t.equal(normaliseLogLine(line), line)
  }
  t.end()
})

t.test('addresses of any length, and what is told of the TSC by its frequency', t => {
  for (const [line, normal] of [
    [
      'kvm-clock: cpu 0, msr 3f001001, primary cpu clock',
      'kvm-clock: cpu 0, msr ADDRESS, primary cpu clock',
    ],
    ['kvm-guest: stealtime: cpu 0, msr 7dc2c040', 'kvm-guest: stealtime: cpu 0, msr ADDRESS'],
    [
      'BUG: kernel NULL pointer dereference, address: 00000008',
      'BUG: kernel NULL pointer dereference, address: ADDRESS',
    ],
    ['WARNING: CPU: 1 PID: 17 at a/b.c:7 f+0x1d/0x40', 'WARNING: at a/b.c:N f+N/N'],
    ['WARNING: a/b.c:9 at f+0x2d/0x50, CPU#3: swapper/3/0', 'WARNING: at a/b.c:N f+N/N'],
    ['WARNING: suspicious usage', 'WARNING: suspicious usage'],
    [
      'clocksource: tsc: mask: 0xffffffffffffffff max_cycles: 0x2c8ab, max_idle_ns: 4 ns',
      'clocksource: tsc: mask: ADDRESS max_cycles: ADDRESS, max_idle_ns: N ns',
    ],
  ] as const) {
    t.equal(normaliseLogLine(line), normal)
  }
  t.end()
})
