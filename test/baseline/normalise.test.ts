import t from 'tap'
import { normaliseLogLine, normaliseText } from '../../runner/baseline/normalise.js'

t.test('what is registered, chosen or asked for of the clocks is kept', t => {
  // kernel/time/clocksource.c, arch/x86/kernel/tsc.c and hpet.c of 6.1.
  for (const line of [
    'tsc: Detected N MHz processor',
    'tsc: Marking TSC unstable due to running on Hyper-V',
    'clocksource: hpet: mask: 0xffffffff max_cycles: 0xffffffff, max_idle_ns: N ns',
    'clocksource: Switched to clocksource hpet',
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
  t.equal(normaliseLogLine('tsc: Marking TSC unstable due to clocksource watchdog'), null)
  t.equal(normaliseLogLine('tsc: Fast TSC calibration using PIT'), null)
  t.equal(normaliseLogLine('clocksource: Marking clocksource tsc unstable due to x'), null)
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
