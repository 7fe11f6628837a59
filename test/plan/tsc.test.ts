import t from 'tap'
import { leafTable } from '../../runner/plan/leaf-table.js'
import { askedTsc } from '../../runner/plan/tsc.js'
import { parseScenario } from '../fixtures/scenario.js'

const leaf = '{ leaf: 0x15, eax: 2, ebx: 216, ecx: 24000000 }'
const asked = (cpu: string, cpuid = leaf) => {
  const scenario = parseScenario(`cpu: {${cpu}}\ncpuid: [${cpuid}]`)
  return askedTsc(scenario, leafTable(scenario))
}

t.test('the TSC counts as it does, unless a scenario asks for a rate, or for what it tells', t => {
  t.equal(asked(''), null)
  t.equal(asked('tsc: own'), null)
  t.strictSame(asked('tsc: told'), { khz: 2_592_000 })
  t.strictSame(asked('tsc: 1234567'), { khz: 1_234_567 })
  t.strictSame(asked('tsc: 1234567', '{ leaf: 0x0, eax: 0x16 }'), { khz: 1_234_567 })
  t.end()
})

t.test('a rate that is none, and `told` where nothing tells, are refused', t => {
  for (const rate of ['0', '999', '-1', '2.5', 'fast', '100000001']) {
    t.throws(() => asked(`tsc: ${rate}`), /cpu\.tsc: expected told, own or a whole number of kHz/)
  }
  t.throws(
    () => asked('tsc: told', '{ leaf: 0x15, eax: 2, ebx: 216, ecx: 0 }'),
    /cpu\.tsc: expected a leaf in `cpuid` that tells the frequency: 0x15, 0x16 or 0x40000010, got told/,
  )
  t.end()
})
