import t from 'tap'
import { cpuModels, cpuRefusal, parseCpuRefusal } from '../../runner/launch/cpu-refusal.js'
import { findQemu } from '../../runner/launch/qemu.js'
import { parseScenario } from '../fixtures/scenario.js'

const { signal } = new AbortController()
const cacheHome = t.testdir()
process.env.XDG_CACHE_HOME = cacheHome

t.test('QEMU says which model or property it does not know', async t => {
  const qemu = await findQemu()
  const refusal = (cpu: string) => cpuRefusal(qemu, 'tcg', parseScenario(`cpu: ${cpu}`).cpu, signal)
  t.equal(await refusal('{ model: Haswell-v1, properties: { avx2: true } }'), null)
  t.match(await refusal('{ model: Nonesuch-v1 }'), { path: ['model'], said: /Nonesuch-v1/ })
  for (const [property, value] of [
    ['nosuchfeature', 'true'],
    ['sse2', 'maybe'],
    ['stepping', '99'],
    ['phys-bits', '99'],
  ] as const) {
    const found = await refusal(`{ model: Haswell-v1, properties: { ${property}: ${value} } }`)
    t.match(found, { path: ['properties', property], said: /./ }, property)
  }
  const models = await cpuModels(qemu, signal)
  t.ok(models.includes('Haswell-v1'))
  t.ok(models.includes('max'))
  t.notOk(models.includes('avx2'), 'a flag is no model')
})

t.test('other words of QEMU’s are nothing against a CPU', t => {
  t.equal(parseCpuRefusal(''), null)
  t.equal(
    parseCpuRefusal(
      'qemu-system-x86_64: warning: TCG doesn’t support requested feature: CPUID.01H:ECX.pcid',
    ),
    null,
  )
  t.equal(parseCpuRefusal("qemu-system-x86_64: -M x: unsupported machine type 'x'"), null)
  t.same(
    parseCpuRefusal(
      "/opt/qemu-system-x86_64: can't apply global max-x86_64-cpu.a-b=on: Property 'max-x86_64-cpu.a-b' not found\n",
    ),
    { path: ['properties', 'a-b'], said: "Property 'max-x86_64-cpu.a-b' not found" },
  )
  t.end()
})
