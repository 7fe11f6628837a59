import t from 'tap'
import { clockGivenUp, trouble } from '../../runner/observe/kernel-trouble.js'

t.test('a death or a warning begins so', t => {
  for (const line of [
    'PANIC: early exception 0x0e IP 10:ffffffff81234567 error 0 cr2 0x10',
    'PANIC: double fault, error_code: 0x0',
    'BUG: kernel NULL pointer dereference, address: 0000000000000008',
    'BUG: unable to handle page fault for address: ffffc90000000000',
    'kernel BUG at mm/slub.c:4381!',
    'WARNING: CPU: 0 PID: 0 at arch/x86/kernel/fpu/xstate.c:643 paranoid_xstate_size_valid+0x1/0x2',
    'WARNING: arch/x86/kernel/fpu/xstate.c:643 at paranoid_xstate_size_valid+0x1/0x2, CPU#0: swapper/0',
    "Kernel panic - not syncing: IO-APIC + timer doesn't work!",
    'Oops: 0000 [#1] PREEMPT SMP NOPTI',
    'Oops: Oops: 0002 [#1] SMP NOPTI',
    'invalid opcode: 0000 [#1] SMP',
    'int3: 0000 [#12] SMP',
    'Bad pagetable: 000f [#1] SMP',
    'general protection fault, probably for non-canonical address 0xdead000000000100: 0000 [#1] SMP',
    'Oops: general protection fault, probably for non-canonical address 0xdead000000000100: 0000 [#1] SMP',
  ]) {
    t.ok(trouble.test(line), line)
    t.notOk(trouble.test(`Kernel command line: a="${line}"`), `quoted: ${line}`)
  }
  t.end()
})

t.test('what tells of neither', t => {
  for (const line of [
    'Warning: unable to open an initial console.',
    'microcode: PANIC: x',
    '#PF: supervisor read access in kernel mode',
    'x86/fpu: Supporting XSAVE feature 0x001',
    'pci 0000:00:01.0: [8086:7000] type 00 class 0x060100',
    '---[ end Kernel panic - not syncing: No working init found. ]---',
  ]) {
    t.notOk(trouble.test(line), line)
  }
  t.end()
})

t.test('a clock that is given up', t => {
  for (const line of [
    "clocksource: timekeeping watchdog on CPU0: Marking clocksource 'tsc' as unstable because the skew is too large:",
    'clocksource: timekeeping watchdog on CPU1: hpet read-back delay of 700000ns, attempt 4, marking unstable',
    'clocksource: timekeeping watchdog on CPU0: wd-tsc-wd excessive read-back delay of 90000ns vs. limit of 75000ns, wd-wd read-back delay only 1000ns, attempt 3, marking tsc unstable',
    'clocksource: Marking clocksource tsc unstable due to frequency skew',
    'tsc: Marking TSC unstable due to clocksource watchdog',
  ]) {
    t.ok(clockGivenUp.test(line), line)
    t.notOk(clockGivenUp.test(`x ${line}`), `quoted: ${line}`)
  }
  for (const line of [
    'clocksource: Override clocksource tsc is unstable and not HRT compatible - cannot switch while in HRT/NOHZ mode',
    'clocksource: wd-tsc-early-wd read-back delay of 1798040ns, clock-skew test skipped!',
    'clocksource: Switched to clocksource tsc',
    'tsc: Marking TSC unstable due to running on Hyper-V',
  ]) {
    t.notOk(clockGivenUp.test(line), line)
  }
  t.end()
})
