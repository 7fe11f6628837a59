import t from 'tap'
import { type BusyFacts, signOfClockGivenUp, signOfLoad } from '../../runner/judge/signs-of-load.js'
import { accelerators } from '../../runner/plan/accelerator.js'
import { leafTable } from '../../runner/plan/leaf-table.js'
import { parseScenario } from '../fixtures/scenario.js'

const plan: BusyFacts = {
  accelerator: 'tcg',
  clock: { clock: 'real', why: '' },
  table: { absent: [], edits: [] },
}
const apart = 'its clocks ran apart'
const unmeasuredTsc = 'it could not measure its TSC'
const unmeasuredTimer = 'it could not measure its APIC timer'
const stuck = 'a CPU of its was stuck'
const late = 'a CPU of its did not come up in time'

const skew = "Marking clocksource 'tsc-early' as unstable because the skew is too large:"
// kernel/time/clocksource.c of several series, clocksource_watchdog() and cs_watchdog_read().
const givenUp = [
  `clocksource: timekeeping watchdog on CPU0: ${skew}`,
  `clocksource: ${skew}`,
  'clocksource: Marking clocksource tsc unstable due to frequency skew',
  'clocksource: timekeeping watchdog on CPU12: hpet read-back delay of 700000ns, attempt 4, marking unstable',
]
const leftOut = [
  'clocksource: wd-tsc-early-wd read-back delay of 1798040ns, clock-skew test skipped!',
  'clocksource: timekeeping watchdog on CPU0: acpi_pm wd-wd read-back delay of 1273380ns',
]

t.test('what a kernel says of time that was taken from it, and what that means', t => {
  for (const [line, means] of [
    ...givenUp.map(line => [line, apart] as const),
    ['clocksource: wd-tsc-early-wd read-back delay of 1798040ns, clock-skew test skipped!', apart],
    ['tsc: HPET/PMTIMER calibration failed', unmeasuredTsc],
    ['tsc: HPET/PMTIMER calibration failed. Using PIT calibration.', unmeasuredTsc],
    ['tsc: PIT calibration deviates from PMTIMER: 2445 2593.', unmeasuredTsc],
    ['tsc: No reference (HPET/PMTIMER) available', unmeasuredTsc],
    ['APIC timer disabled due to verification failure', unmeasuredTimer],
    ['APIC calibration not consistent with PM-Timer: 95ms instead of 100ms', unmeasuredTimer],
    ['watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [swapper/0:1]', stuck],
    ['rcu: INFO: rcu_preempt self-detected stall on CPU', stuck],
    ['rcu: INFO: rcu_sched detected stalls on CPUs/tasks:', stuck],
    ['rcu: INFO: rcu_preempt detected expedited stalls on CPUs/tasks: { 1-... } 21 jiffies', stuck],
    ['TSC warped randomly between CPUs', apart],
    ['Measured 3 cycles TSC warp between CPUs, turning off TSC clock.', apart],
    ['Measured -3 cycles TSC warp between CPUs, turning off TSC clock.', apart],
    ['smpboot: do_boot_cpu failed(-1) to wakeup CPU#1', late],
    ['CPU1 failed to report alive state', late],
  ] as const) {
    t.equal(signOfLoad(plan, ['Linux version 6.1.0', line]), means, line)
    t.equal(signOfLoad(plan, [`x ${line}`]), null, `quoted: ${line}`)
  }
  t.end()
})

t.test('what is nothing out of the ordinary', t => {
  for (const line of [
    'clocksource: timekeeping watchdog on CPU0: tsc retried 2 times before success',
    'clocksource: Switched to clocksource tsc',
    'tsc: Fast TSC calibration failed',
    'tsc: Unable to calibrate against PIT',
    'tsc: PIT calibration matches HPET. 1 loops',
    'tsc: Marking TSC unstable due to running on Hyper-V',
    'APIC timer: a line',
    'rcu: Hierarchical RCU implementation.',
    'smpboot: CPU0: AMD EPYC',
  ]) {
    t.equal(signOfLoad(plan, [line]), null, line)
  }
  t.equal(signOfLoad(plan, []), null)
  t.end()
})

t.test('a clock is given up where a reading that took long came to something', t => {
  for (const line of [
    ...givenUp,
    'clocksource: timekeeping watchdog on CPU0: wd-tsc-wd excessive read-back delay of 90000ns vs. limit of 75000ns, wd-wd read-back delay only 1000ns, attempt 3, marking tsc unstable',
  ]) {
    t.equal(signOfClockGivenUp(plan, [line]), apart, line)
  }
  for (const line of [...leftOut, 'tsc: HPET/PMTIMER calibration failed']) {
    t.equal(signOfClockGivenUp(plan, [line]), null, line)
  }
  t.end()
})

t.test('in the nested host alone a missing reference says nothing', t => {
  const log = ['tsc: No reference (HPET/PMTIMER) available']
  for (const accelerator of accelerators) {
    const means = accelerator === 'nested' ? null : unmeasuredTsc
    t.equal(signOfLoad({ ...plan, accelerator }, log), means, accelerator)
    t.equal(signOfClockGivenUp({ ...plan, accelerator }, log), means, accelerator)
  }
  t.end()
})

t.test(
  'clocks that run apart say nothing where the kernel trusts a frequency that it was told',
  t => {
    const told = (yaml: string) =>
      leafTable(parseScenario(`hypervisor-leaves: model\ncpuid: [${yaml}]`))
    const seen = (table: BusyFacts['table'], ...lines: string[]) =>
      signOfLoad({ ...plan, table }, [...lines, ...givenUp.slice(0, 1)])
    const leaf = told('{ leaf: 0x40000010, eax: 2000045 }')
    t.equal(seen(leaf, 'tsc: Detected 2000.045 MHz processor'), null)
    // Where the CPU has another one than its TSC.
    t.equal(
      seen(leaf, 'tsc: Detected 2593.906 MHz processor', 'tsc: Detected 2000.045 MHz TSC'),
      null,
    )
    t.equal(seen(leaf, 'tsc: Detected 2593.906 MHz processor'), apart)
    t.equal(seen(leaf, 'x tsc: Detected 2000.045 MHz processor'), apart)
    t.equal(seen(leaf), apart)
    const zero = 'tsc: Detected 0.000 MHz processor'
    t.equal(seen(told('{ leaf: 0x40000010, eax: 0 }'), zero), apart, 'it told nothing')
    t.equal(seen(told('{ leaf: 0x40000010, remove: true }'), zero), apart)
    const elsewhere = told('{ leaf: 0x40000011, eax: 2000045 }')
    t.equal(seen(elsewhere, 'tsc: Detected 2000.045 MHz processor'), apart)
    t.end()
  },
)
