import t from 'tap'
import {
  reasonToRunAgain as runAgain,
  type RunEnding,
  type RunFacts,
} from '../../runner/console/run-again.js'
import { leafTable } from '../../runner/plan/leaf-table.js'
import type { Outcome } from '../../runner/scenario/outcome.js'
import { parseScenario } from '../fixtures/scenario.js'

const reasonToRunAgain = (plan: RunFacts, ending: RunEnding) => runAgain(plan, ending)?.why ?? null
const expecting = (outcome: Outcome) => parseScenario(`expect: [{ outcome: ${outcome} }]`).expect[0]
const ended = (outcome: Outcome, ...log: string[]) => ({ outcome, log })
const quiet: RunFacts = {
  volume: 'quiet',
  accelerator: 'kvm',
  expectation: expecting('reported'),
  table: { absent: [], edits: [] },
}
const nested: RunFacts = { ...quiet, volume: 'full', accelerator: 'nested' }

t.test('a guest that died on a quiet console is run again, whatever it died of', t => {
  for (const outcome of ['panic', 'reset', 'hang', 'timeout', 'early-exception'] as const) {
    t.match(reasonToRunAgain(quiet, ended(outcome)), `quiet console (${outcome})`)
  }
  t.equal(reasonToRunAgain(quiet, ended('reported')), null)
  t.end()
})

t.test("QEMU's and KVM's own failures would come again", t => {
  t.equal(reasonToRunAgain(quiet, ended('qemu-failed')), null)
  t.equal(reasonToRunAgain(quiet, ended('kvm-error')), null)
  t.end()
})

t.test('a wordless end in the nested host is not believed at once, unless it is expected', t => {
  t.match(reasonToRunAgain(nested, ended('reset')), 'without a word in the nested host (reset)')
  t.match(reasonToRunAgain(nested, ended('hang')), '(hang)')
  t.equal(reasonToRunAgain(nested, ended('panic')), null)
  t.equal(reasonToRunAgain({ ...nested, expectation: expecting('reset') }, ended('reset')), null)
  t.equal(reasonToRunAgain({ ...nested, accelerator: 'tcg' }, ended('reset')), null)
  t.end()
})

t.test('clocks that ran apart are a busy machine’s, where the CPU is emulated', t => {
  const skewed = ended(
    'reported',
    "clocksource: timekeeping watchdog on CPU0: Marking clocksource 'tsc-early' as unstable because the skew is too large:",
  )
  t.match(reasonToRunAgain({ ...nested, accelerator: 'tcg' }, skewed), 'its clocks ran apart')
  t.match(reasonToRunAgain({ ...nested, volume: 'quiet' }, skewed), 'its clocks ran apart')
  t.equal(reasonToRunAgain({ ...nested, accelerator: 'kvm' }, skewed), null)
  t.end()
})

t.test('a TSC that could not be measured is a busy machine’s, where the CPU is emulated', t => {
  const unmeasured = ended('reported', 'tsc: No reference (HPET/PMTIMER) available')
  t.match(runAgain({ ...nested, accelerator: 'tcg' }, unmeasured), {
    why: /could not measure/,
    alone: true,
  })
  t.equal(reasonToRunAgain({ ...nested, accelerator: 'kvm' }, unmeasured), null)
  t.equal(reasonToRunAgain(nested, unmeasured), null, 'which is always slow')
  t.end()
})

t.test(
  'clocks run apart by themselves where the kernel believes a frequency that it was told',
  t => {
    const table = leafTable(
      parseScenario('cpuid: [{ leaf: 0x40000010, eax: 2000000 }]\nhypervisor-leaves: model'),
    )
    const skewed =
      "clocksource: timekeeping watchdog on CPU0: Marking clocksource 'tsc' as unstable because the skew is too large:"
    const plan: RunFacts = { ...nested, accelerator: 'tcg', table }
    t.equal(
      reasonToRunAgain(plan, ended('reported', 'tsc: Detected 2000.000 MHz processor', skewed)),
      null,
    )
    t.match(
      reasonToRunAgain(plan, ended('reported', 'tsc: Detected 2593.906 MHz processor', skewed)),
      'its clocks ran apart',
    )
    t.end()
  },
)
