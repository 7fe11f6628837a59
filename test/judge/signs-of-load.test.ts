import t from 'tap'
import { signOfClockGivenUp, signOfLoad } from '../../runner/judge/signs-of-load.js'
import { accelerators } from '../../runner/plan/accelerator.js'

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
    t.equal(signOfLoad(['Linux version 6.1.0', line]), means, line)
    t.equal(signOfLoad([`x ${line}`]), null, `quoted: ${line}`)
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
    t.equal(signOfLoad([line]), null, line)
  }
  t.equal(signOfLoad([]), null)
  t.end()
})

t.test('a clock is given up where a reading that took long came to something', t => {
  for (const line of [
    ...givenUp,
    'clocksource: timekeeping watchdog on CPU0: wd-tsc-wd excessive read-back delay of 90000ns vs. limit of 75000ns, wd-wd read-back delay only 1000ns, attempt 3, marking tsc unstable',
  ]) {
    t.equal(signOfClockGivenUp('tcg', [line]), apart, line)
  }
  for (const line of [...leftOut, 'tsc: HPET/PMTIMER calibration failed']) {
    t.equal(signOfClockGivenUp('tcg', [line]), null, line)
  }
  t.end()
})

t.test('in the nested host alone a missing reference is no clock given up', t => {
  const log = ['tsc: No reference (HPET/PMTIMER) available']
  for (const accelerator of accelerators) {
    const means = accelerator === 'nested' ? null : unmeasuredTsc
    t.equal(signOfClockGivenUp(accelerator, log), means, accelerator)
    t.equal(signOfClockGivenUp(accelerator, givenUp), apart, accelerator)
  }
  t.end()
})
