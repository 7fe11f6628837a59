// What a kernel developer may write, in a repository of their own with guise and tap. KERNEL is a bzImage, a build tree, a .deb, or
// a suite of Debian. As .mts it is an ES module in any project.
import { compare, loadScenarios, catalogueFiles, type Record, run, selectScenarios } from 'guise'
import t from 'tap'

// Guests take seconds, and minutes on a busy machine; tap gives a file half a minute.
t.setTimeout(600_000)

const kernel = process.env.KERNEL ?? 'debian:bookworm'
const scenarios = selectScenarios(loadScenarios(catalogueFiles()), ['vmware', 'kvm-behind-hyperv'])
const records: Record[] = await run({
  scenarios,
  kernels: [kernel],
  accelerator: 'tcg',
  output: t.testdir(),
})
const recordOf = (scenario: string) => records.find(record => record.scenario === scenario)

t.test('each scenario passes', t => {
  for (const { scenario, verdict, why } of records)
    t.equal(verdict, 'pass', `${scenario}: ${why.join('; ')}`)
  t.end()
})

t.test('KVM wins over Hyper-V, and its interfaces alone are taken up', t => {
  const record = recordOf('kvm-behind-hyperv')
  t.equal(record?.identity.hypervisor, 'KVM')
  t.same(record?.composition.owners, ['kvm'])
  t.end()
})

t.test('a kernel is the same as itself', async t => {
  const again = await run({ scenarios, kernels: [kernel], accelerator: 'tcg', output: t.testdir() })
  t.notOk(compare(records, again).differs)
})
