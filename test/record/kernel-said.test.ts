import t from 'tap'
import type { Unmet } from '../../runner/judge/verdict.js'
import { type FailureFacts, kernelSaid } from '../../runner/record/kernel-said.js'

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

t.test('of a kernel that fell silent its last lines, and never a flood', t => {
  const log = Array.from({ length: 40 }, (_, number) => `x86/hyperv: line ${number} not available`)
  t.same(kernelSaid(facts({ log, outcome: 'hang' })), log.slice(-3))
  t.equal(kernelSaid(facts({ log, unmet: [noHyperv] })).length, 6)
  t.same(kernelSaid(facts({ log: ['x'.repeat(1e6)], unmet: [noHyperv] })), [])
  t.end()
})
