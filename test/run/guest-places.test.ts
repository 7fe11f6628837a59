import t from 'tap'
import { EnvironmentError, InputError } from '../../runner/errors.js'
import { Kvm } from '../../runner/launch/kvm.js'
import type { Qemu } from '../../runner/launch/qemu.js'
import type { AcceleratorChoice } from '../../runner/plan/choose-accelerator.js'
import { planScenario } from '../../runner/plan/plan.js'
import type { FetchQemu } from '../../runner/run/find-qemu.js'
import { GuestPlaces, type GuestPlacesOptions } from '../../runner/run/guest-places.js'
import { parseScenario } from '../fixtures/scenario.js'

const kernel = { version: '6.1.192', config: null }
const own: Qemu = { path: '/q', name: '/q', command: ['/q'], version: '7.2.22', sandbox: true }
const two = parseScenario('machine: { cpus: 2 }')
const one = parseScenario('')
const needsNewer = parseScenario("needs: { qemu: '>=8.0' }")

interface Changes extends Partial<GuestPlacesOptions> {
  readonly accel?: AcceleratorChoice
  readonly kvmWorks?: boolean
  /** The version of what is fetched; an error is why nothing is. */
  readonly has?: string | Error
}

/** Places, with the QEMUs that are asked for. */
function places({ accel = 'tcg', kvmWorks = false, has = '10.0.13', ...changes }: Changes = {}) {
  const asked: string[] = []
  const fetch: FetchQemu = spec => {
    asked.push(spec)
    if (has instanceof Error) return Promise.reject(has)
    return Promise.resolve({ ...own, path: `/cache/${spec}`, name: spec, version: has })
  }
  const probe = () =>
    Promise.resolve({ works: kvmWorks, reason: 'it was probed', cyclesPerTurn: null })
  const made = new GuestPlaces({
    kvm: new Kvm(own, accel, () => undefined, { probe }),
    found: { qemu: own, why: null },
    named: false,
    target: {},
    fetch,
    ...changes,
  })
  return { of: (scenario = two) => made.of(scenario, kernel), asked }
}

t.test('a guest that the machine’s QEMU serves is in that', async t => {
  const { of, asked } = places()
  t.same(await of(one), {
    accelerator: 'tcg',
    accelWhy: 'it was asked for by name',
    qemu: own,
    qemuWhy: null,
    triedQemu: null,
  })
  t.strictSame(asked, [])
})

t.test('one that it does not serve is in another, and no other guest is', async t => {
  const { of, asked } = places()
  const [first, second] = await Promise.all([of(two), of(two)])
  t.match(first, {
    accelerator: 'tcg',
    qemu: { name: 'debian:trixie', version: '10.0.13' },
    qemuWhy: 'QEMU 7.2.22 does not bring several CPUs up on virtual time',
    triedQemu: null,
  })
  t.same(second, first)
  t.equal((await of(one)).qemu, own)
  t.match(await of(needsNewer), {
    qemu: { name: 'debian:trixie' },
    qemuWhy: 'needs QEMU >=8.0, which 7.2.22 on this machine is not',
  })
  t.same(asked, ['debian:trixie'], 'it is fetched once')
})

t.test('a QEMU that was asked for by name is every guest’s', async t => {
  const { of, asked } = places({ named: true })
  t.equal((await of(two)).qemu, own)
  t.equal((await of(needsNewer)).qemu, own)
  t.strictSame(asked, [])
})

t.test('on real time, by name, only what a scenario needs takes another', async t => {
  const { of } = places({ target: { clock: 'real' } })
  t.equal((await of(two)).qemu, own)
  t.equal((await of(needsNewer)).qemu.name, 'debian:trixie')
})

for (const [title, has] of [
  ['no mirror', new EnvironmentError('the mirror is away\nreally')],
  ['no such suite', new InputError('the mirror is away')],
  ['a fault of the file system’s', new Error('the mirror is away')],
] as const) {
  t.test(`where another can’t be had, one try tells all guests: ${title}`, async t => {
    const notes: unknown[] = []
    const { of, asked } = places({ has, onProgress: progress => notes.push(progress) })
    const tried = { spec: 'debian:trixie', trouble: 'the mirror is away' }
    for (const scenario of [two, needsNewer, two]) {
      t.match(await of(scenario), { qemu: own, qemuWhy: null, triedQemu: tried })
    }
    t.same(asked, ['debian:trixie'])
    const text = 'debian:trixie’s can’t be had: the mirror is away. Going on with QEMU 7.2.22'
    t.same(notes, [{ kind: 'note', text }])

    const { triedQemu } = await of(two)
    const target = { kernel, accelerator: 'tcg', qemuVersion: '7.2.22', triedQemu } as const
    t.match(planScenario(two, target), {
      clock: {
        clock: 'real',
        why: 'QEMU 7.2.22 does not bring several CPUs up on virtual time, and debian:trixie’s can’t be had: the mirror is away',
      },
    })
    t.match(planScenario(needsNewer, target), {
      skip: 'needs QEMU >=8.0; this is 7.2.22, and debian:trixie’s can’t be had: the mirror is away',
    })
    t.match(planScenario(one, target), { clock: { why: 'instructions count as time' } })
  })
}

t.test('one that does not serve either is left, and a skip names both versions', async t => {
  const exact = parseScenario("needs: { qemu: '>=10.0.20' }")
  const { of } = places()
  const { qemu, triedQemu } = await of(exact)
  t.equal(qemu, own)
  t.same(triedQemu, { spec: 'debian:trixie', version: '10.0.13' })
  t.match(
    planScenario(exact, { kernel, accelerator: 'tcg', qemuVersion: own.version, triedQemu }),
    { skip: 'needs QEMU >=10.0.20; this is 7.2.22, and debian:trixie’s is 10.0.13' },
  )
})

t.test('a signal ends the fetch and the run', async t => {
  const controller = new AbortController()
  const stopped = new Error('stopped')
  const { of } = places({
    signal: controller.signal,
    fetch: () => {
      controller.abort()
      return Promise.reject(stopped)
    },
  })
  await t.rejects(of(two), stopped)
})

t.test(
  'what the nested host would run is run here, where a QEMU is all that is lacking',
  async t => {
    const auto = places({ accel: 'auto' })
    t.match(await auto.of(needsNewer), { accelerator: 'tcg', qemu: { name: 'debian:trixie' } })
    const kvm = places({ accel: 'auto', kvmWorks: true })
    t.match(await kvm.of(needsNewer), { accelerator: 'kvm', qemu: { name: 'debian:trixie' } })
    t.equal((await kvm.of(two)).qemu, own, 'KVM has real time')
    const without = places({ accel: 'auto', has: new Error('no mirror') })
    t.match(await without.of(needsNewer), {
      accelerator: 'nested',
      accelWhy: /^needs QEMU >=8.0, .* is not, and debian:trixie’s can’t be had: no mirror$/,
      qemu: own,
    })
  },
)

t.test('the nested host has a QEMU of its own', async t => {
  const byName = places({ accel: 'nested' })
  t.match(await byName.of(needsNewer), { accelerator: 'nested', qemu: own })
  const auto = places({ accel: 'auto' })
  const needsKvm = parseScenario("needs: { fidelity: kvm, qemu: '>=8.0' }")
  t.match(await auto.of(needsKvm), { accelerator: 'nested', qemu: own, triedQemu: null })
  t.strictSame([...byName.asked, ...auto.asked], [])
})

t.test('a run in a suite’s QEMU, for want of one, does not take the same again', async t => {
  const trixie = { ...own, name: 'debian:trixie', version: '10.0.2' }
  const why = 'there is none'
  const { of, asked } = places({ found: { qemu: trixie, why } })
  t.match(await of(two), { qemu: trixie, qemuWhy: why })
  const exact = parseScenario("needs: { qemu: '>=10.0.5' }")
  await of(exact)
  t.notOk(asked.includes('debian:trixie'))
})
