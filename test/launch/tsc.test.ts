import t from 'tap'
import { preloadEnvironment } from '../../runner/launch/qemu-command.js'
import { hostTscKhz } from '../../runner/launch/host-tsc.js'
import { scalesTsc, servedTsc, tscRate } from '../../runner/launch/tsc.js'
import { overrideObject } from '../../runner/paths.js'

const virtual = { clock: { clock: 'virtual', why: '' }, accelerator: 'tcg' } as const
const real = { clock: { clock: 'real', why: '' } } as const
const tsc = { khz: 2_596_000 }

t.test('on virtual time the TSC counts nanoseconds, or what the object makes of them', async t => {
  t.equal(await servedTsc({ ...virtual, tsc: null }), undefined)
  t.strictSame(await tscRate({ ...virtual, tsc: null }), { khz: 1_000_000, why: null })
  t.strictSame(await tscRate({ ...virtual, tsc: { khz: 1_000_000 } }), {
    khz: 1_000_000,
    why: null,
  })
  const served = await servedTsc({ ...virtual, tsc })
  const hook = { object: overrideObject, rate: 'virtual 2596000 1000000' }
  t.strictSame(served, { khz: 2_596_000, why: null, hook })
  t.strictSame(preloadEnvironment({ tscHook: hook }), {
    LD_PRELOAD: overrideObject,
    GUISE_TSC: hook.rate,
  })
})

t.test('on real time it is this machine’s own that is scaled', async t => {
  const own = await hostTscKhz()
  const served = await servedTsc({ ...real, accelerator: 'tcg', tsc })
  if (own === null) t.match(served, { khz: null, why: /is not known$/ })
  else t.equal(served?.hook?.rate, `real 2596000 ${own}`)
})

t.test('the nested host scales none, and says so', async t => {
  const own = await hostTscKhz()
  t.strictSame(await servedTsc({ ...real, accelerator: 'nested', tsc }), {
    khz: own,
    why: 'the CPUs of the nested host scale no TSC',
  })
})

t.test('a CPU that scales says so in /proc/cpuinfo, each vendor in its own place', t => {
  t.ok(scalesTsc('flags\t\t: fpu vme\nvmx flags\t: vnmi tsc_scaling invvpid\n'))
  t.ok(scalesTsc('flags\t\t: fpu npt tsc_scale vmcb_clean\n'))
  t.notOk(scalesTsc('flags\t\t: fpu tsc constant_tsc tsc_scaled\nvmx flags\t: tsc_offset\n'))
  t.notOk(scalesTsc(''))
  t.end()
})
