import t from 'tap'
import type { Unmet } from '../../runner/judge/verdict.js'
import { type FailureFacts, kernelSaid, refusalsOf } from '../../runner/record/kernel-said.js'

const facts = (changes: Partial<FailureFacts>): FailureFacts => ({
  log: [],
  outcome: 'reported',
  unmet: [],
  hypervisor: null,
  ...changes,
})
const noDriver: Unmet = {
  field: 'drivers',
  want: 'x',
  got: 'none',
  expected: { driver: 'vmw_pvscsi', index: 0 },
}
const noHyperv: Unmet = { field: 'hypervisor', want: 'Microsoft Hyper-V', got: 'none' }

const death = [
  'Hypervisor detected: Xen HVM',
  'PANIC: early exception 0x06 IP 10:ffffffffbd003db0 error 0 cr2 0xffff88800b615ff8',
  'kvm-clock: a line of another CPU',
  'CPU: 0 PID: 0 Comm: swapper Not tainted 6.1.0-56-cloud-amd64 #1  Debian 6.1.192-2',
  'Hardware name: QEMU Standard PC (i440FX + PIIX, 1996)',
  'RIP: 0010:xen_hypercall_amd+0x0/0x10',
  'Code: 53 41 52',
  'Call Trace:',
  ' <TASK>',
  ...Array.from({ length: 9 }, (_, number) => ` ? frame_${number}+0x23/0x80`),
  ' </TASK>',
]

t.test('a death from its first line, with where and by which way', t => {
  const said = kernelSaid(facts({ log: death, outcome: 'early-exception' }))
  t.same(said.slice(0, 4), [death[1], death[5], 'Call Trace:', death[9]])
  t.equal(said.length, 9, 'and no more of the way than helps')
  const oops = [
    'BUG: kernel NULL pointer dereference, address: 0000000000000008',
    '#PF: supervisor read access in kernel mode',
    'Oops: 0000 [#1] PREEMPT SMP NOPTI',
    'RIP: 0010:kvm_kick_cpu+0x1c/0x30',
    'Kernel panic - not syncing: Fatal exception',
  ]
  t.same(kernelSaid(facts({ log: oops, outcome: 'oops' })), [oops[0], oops[3]])
  const panic = [
    "Kernel panic - not syncing: IO-APIC + timer doesn't work!",
    'CPU: 0 PID: 1 Comm: swapper/0',
    'Call Trace:',
    ' <TASK>',
    ' dump_stack_lvl+0x44/0x5c',
    ' panic+0x118/0x2ed',
    ' </TASK>',
    '---[ end Kernel panic - not syncing ]---',
  ]
  t.same(kernelSaid(facts({ log: panic, outcome: 'panic' })), [
    panic[0],
    ...panic.slice(2, 3),
    ...panic.slice(4, 6),
  ])
  t.end()
})

t.test('a warning with the reason that stands beside it', t => {
  const log = [
    'x86/fpu: Supporting XSAVE feature 0x001',
    '------------[ cut here ]------------',
    'XSAVE consistency problem: size 832 != kernel_size 576',
    'WARNING: CPU: 0 PID: 0 at arch/x86/kernel/fpu/xstate.c:590 do_extra_xstate_size_checks+0x3ed/0x420',
    'RIP: 0010:do_extra_xstate_size_checks+0x3ed/0x420',
  ]
  t.same(
    kernelSaid(facts({ log, unmet: [{ field: 'log.lacks', want: 'WARNING', got: 'x' }] })),
    log.slice(2),
  )
  t.end()
})

t.test('what the code of the hypervisor in question said, refusals first', t => {
  const log = [
    'kvm-clock: Using msrs 4b564d01 and 4b564d00',
    'Hyper-V: Host Build 10.0.20348',
    'x86/hyperv: VP_INDEX MSR not available.',
    'tsc: Fast TSC calibration failed',
    '[Firmware Bug]: TSC frequency is wrong',
    'random: crng init done',
  ]
  t.same(kernelSaid(facts({ log, unmet: [noHyperv] })), [log[2], log[4], log[1]])
  t.same(
    kernelSaid(
      facts({ log, unmet: [{ field: 'adopts', want: 'clock.kvm', got: 'no sign of it' }] }),
    ),
    [log[3], log[4], log[0]],
    'of the owner of an interface, and of clocks where it is one',
  )
  t.same(
    kernelSaid(facts({ log, unmet: [{ field: 'clocksource.current', want: 'tsc', got: 'hpet' }] })),
    [log[3], log[4]],
  )
  t.same(
    kernelSaid(
      facts({
        log: ['vmw_pvscsi: no adapter', 'vmw_pvscsi 0000:00:03.0: no IRQ', 'vmw_pvscsi_x: x', 'x'],
        unmet: [noDriver],
      }),
    ),
    ['vmw_pvscsi: no adapter', 'vmw_pvscsi 0000:00:03.0: no IRQ'],
  )
  t.end()
})

// One line of the code of each, none of which is a refusal.
const words = {
  kvm: 'kvm-guest: PV spinlocks enabled',
  hyperv: 'Hyper-V: Host Build 10.0.20348.1194-1-0',
  xen: 'Xen version 4.17.',
  vmware: 'vmware: hypercall mode: 0x00',
}

t.test(
  'whose words bear on what is unmet: of those that were wanted and those that there were',
  t => {
    const cases: [Unmet['field'], want: string, got: string, whose: (keyof typeof words)[]][] = [
      ['hypervisor', 'KVM', 'VMware', ['kvm', 'vmware']],
      ['hypervisor', 'none', 'Xen HVM', ['xen']],
      ['paravirt', 'Hyper-V', 'bare hardware', ['hyperv']],
      ['paravirt', 'bare hardware', 'KVM', ['kvm']],
      ['sysfs-type', 'xen', 'none', ['xen']],
      ['adopts', 'kvm.ipis', 'no sign of it', ['kvm']],
      ['rejects', 'hyperv.ipis', 'Hyper-V: Using IPI hypercalls', ['hyperv']],
      ['offers', 'xen.spinlocks', 'no sign of it', ['xen']],
      ['adopts', 'video.bochs', 'no sign of it', []],
      ['clocksource.current', 'kvm-clock', 'hyperv_clocksource_tsc_page', ['kvm', 'hyperv']],
      ['clocksource.includes', 'xen', 'tsc hpet', ['xen']],
      ['clocksource.excludes', 'kvm-clock', 'kvm-clock tsc', ['kvm']],
      ['log.has', 'a line', 'none', ['vmware']],
      ['log.lacks', 'a line', 'a line', ['vmware']],
      ['outcome', 'KVM', 'KVM', []],
      ['died-in', 'KVM', 'KVM', []],
    ]
    const log = Object.values(words)
    for (const [field, want, got, whose] of cases) {
      // The one that was detected matters where lines are unmet.
      const said = kernelSaid(facts({ log, unmet: [{ field, want, got }], hypervisor: 'VMware' }))
      t.same(
        said,
        whose.map(name => words[name]),
        `${field} ${want} ${got}`,
      )
    }
    const noLine: Unmet = { field: 'log.has', want: 'a line', got: 'none' }
    t.same(kernelSaid(facts({ log, unmet: [noLine] })), [], 'where none was detected')
    t.end()
  },
)

t.test('what speaks against a clock, and only where a clock is unmet', t => {
  const lines = [
    "clocksource: timekeeping watchdog on CPU0: Marking clocksource 'tsc' as unstable because the skew is too large:",
    'clocksource: timekeeping watchdog on CPU1: hpet read-back delay of 700000ns, attempt 4, marking unstable',
    'clocksource: wd-tsc-early-wd read-back delay of 1798040ns, clock-skew test skipped!',
    'clocksource: Override clocksource tsc is unstable and not HRT compatible - cannot switch while in HRT/NOHZ mode',
    'clocksource: Switched to clocksource hpet',
    'tsc: Marking TSC unstable due to running on Hyper-V',
    'tsc: Unable to calibrate against PIT',
    'tsc: HPET/PMTIMER calibration failed',
    'TSC warped randomly between CPUs',
    'Measured 3 cycles TSC warp between CPUs, turning off TSC clock.',
    'hpet: Counter not counting. HPET disabled',
    'hpet: Config register invalid. Disabling HPET',
    'hpet: HPET force enabled via command line, but dysfunctional in PC10.',
  ]
  const others = [
    'tsc: Detected 2445.408 MHz processor',
    'hpet: 3 channels of 0 reserved for per-cpu timers',
    'clocksource: hpet: mask: 0xffffffff max_cycles: 0xffffffff, max_idle_ns: 19112604467 ns',
  ]
  const said = (line: string, field: Unmet['field'], want: string) =>
    kernelSaid(facts({ log: [line], unmet: [{ field, want, got: 'none' }] }))
  for (const line of lines) {
    t.same(said(line, 'clocksource.current', 'acpi_pm'), [line], line)
    t.same(said(line, 'adopts', 'video.bochs'), [], `not asked for: ${line}`)
  }
  for (const line of others) t.same(said(line, 'clocksource.current', 'acpi_pm'), [], line)
  const [line = ''] = lines
  for (const id of ['clock.tsc', 'timer.lapic', 'tsc-frequency.calibration']) {
    t.same(said(line, 'adopts', id), [line], id)
  }
  t.end()
})

t.test(
  'what a kernel refuses or misses stands first, and alone where only that is asked for',
  t => {
    const refusals = [
      'kvm-guest: setup_efi_kvm_sev_migration : EFI runtime services are not enabled',
      'kvm-guest: setup_efi_kvm_sev_migration : EFI live migration variable not found',
      'kvm-guest: setup_efi_kvm_sev_migration : EFI variable retrieval failed',
      'kvm-guest: PV spinlocks disabled, no host support',
      'x86/hyperv: VP_INDEX MSR not available.',
      'Hyper-V: Disabling IBT because of Hyper-V bug',
      'hv_vmbus: Unable to initialize the hypervisor - 0xfffffff4',
      'hv_vmbus: Invalid proto version = 0x50003',
    ]
    for (const line of refusals) {
      const name = line.startsWith('kvm') ? 'kvm' : 'hyperv'
      const log = [words[name], 'random: crng init done', line]
      t.same(refusalsOf(name, log), [line])
      t.same(refusalsOf('xen', log), [], 'of nobody else')
      const want = name === 'kvm' ? 'KVM' : 'Hyper-V'
      const unmet: Unmet[] = [{ field: 'hypervisor', want, got: 'none' }]
      t.same(kernelSaid(facts({ log, unmet })), [line, words[name]])
    }
    const flood = Array.from({ length: 9 }, () => refusals[4] ?? '')
    t.equal(refusalsOf('hyperv', flood).length, 6)
    t.end()
  },
)

t.test('a bug with the place that it is at', t => {
  const log = [
    '------------[ cut here ]------------',
    'kernel BUG at mm/slub.c:4381!',
    'invalid opcode: 0000 [#1] PREEMPT SMP',
    'RIP: 0010:kfree+0x1/0x2',
  ]
  t.same(kernelSaid(facts({ log, outcome: 'oops' })), [log[1], log[3]])
  t.end()
})

t.test('of a kernel that fell silent its last lines, and never a flood', t => {
  const log = Array.from({ length: 40 }, (_, number) => `x86/hyperv: line ${number} not available`)
  t.same(kernelSaid(facts({ log, outcome: 'hang' })), log.slice(-3))
  t.equal(kernelSaid(facts({ log, unmet: [noHyperv] })).length, 6)
  t.same(kernelSaid(facts({ log: ['x'.repeat(1e6)], unmet: [noHyperv] })), [])
  t.end()
})
