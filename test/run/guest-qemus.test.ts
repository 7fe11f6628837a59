import t from 'tap'
import type { Accelerator } from '../../runner/plan/accelerator.js'
import { guestQemus } from '../../runner/run/guest-qemus.js'

const qemu = { path: '/q', name: '/q', command: ['/q'], version: '7.2.22', sandbox: true }
const trixie = { ...qemu, path: '/cache/q', name: 'debian:trixie', version: '10.0.13' }
const own = { version: '7.2.22', suite: null, nested: false }
const taken = { version: '10.0.13', suite: 'debian:trixie', nested: false }
const nested = { version: '10.0.13', suite: null, nested: true }
const made = () => Promise.resolve({ qemuVersion: '10.0.13' })

const at = (accelerator: Accelerator, its = qemu) => ({ accelerator, qemu: its })

t.test('the QEMUs are those in which guests will be', async t => {
  t.same(await guestQemus([at('tcg'), at('kvm')], made), [own])
  t.same(await guestQemus([at('nested')], made), [nested])
  t.same(await guestQemus([at('nested'), at('tcg')], made), [own, nested])
})

t.test('those that are fetched stand behind the machine’s own', async t => {
  const places = [at('tcg', trixie), at('nested'), at('tcg'), at('kvm', trixie)]
  t.same(await guestQemus(places, made), [own, taken, nested])
  t.same(await guestQemus([at('tcg', trixie)], made), [taken])
})

t.test('the version of a nested host that is yet to be made is not known', async t => {
  const unknown = [{ version: null, suite: null, nested: true }]
  const places = [at('nested')]
  t.same(await guestQemus(places, () => Promise.resolve(null)), unknown)
  t.same(await guestQemus(places, () => Promise.reject(new Error('no agent'))), unknown)
})
