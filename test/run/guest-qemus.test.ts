import t from 'tap'
import type { Accelerator } from '../../runner/plan/accelerator.js'
import { guestQemus } from '../../runner/run/guest-qemus.js'
import { parseScenario } from '../fixtures/scenario.js'

const qemu = { path: '/q', name: '/q', command: ['/q'], version: '7.2.22', sandbox: true }
const own = { version: '7.2.22', nested: false }
const made = () => Promise.resolve({ qemuVersion: '10.0.13' })

/** The QEMUs of guests, one for each accelerator. */
function qemusOf(
  accelerators: readonly Accelerator[],
  recall: () => Promise<{ qemuVersion: string } | null>,
) {
  const left = [...accelerators]
  const choose = () => Promise.resolve({ accelerator: left.shift() ?? 'tcg', why: 'x' })
  return guestQemus(
    accelerators.map(() => parseScenario('')),
    qemu,
    { choose },
    recall,
  )
}

t.test('the QEMUs are those in which guests will be', async t => {
  t.same(await qemusOf(['tcg', 'kvm'], made), [own])
  t.same(await qemusOf(['nested'], made), [{ version: '10.0.13', nested: true }])
  t.same(await qemusOf(['nested', 'tcg'], made), [own, { version: '10.0.13', nested: true }])
})

t.test('the version of a nested host that is yet to be made is not known', async t => {
  const unknown = [{ version: null, nested: true }]
  t.same(await qemusOf(['nested'], () => Promise.resolve(null)), unknown)
  t.same(await qemusOf(['nested'], () => Promise.reject(new Error('no agent'))), unknown)
})
