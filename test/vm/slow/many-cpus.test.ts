import t from 'tap'
import { Sandbox } from '../../fixtures/sandbox.js'
import { runJson } from '../catalogue-run.js'

// Twelve minutes on two quiet cores: by `npm run test:slow`.
t.setTimeout(7_200_000)

const sandbox = await Sandbox.create(t)

t.test('64 vCPUs, and 256, come up in their deadlines', async t => {
  const file = sandbox.write(
    'many.yaml',
    [
      // Without interrupt remapping Linux brings up no CPU whose APIC id is 255 or more (arch/x86/kernel/apic/apic.c).
      { cpus: 64, up: 64 },
      { cpus: 256, up: 255 },
    ]
      .map(
        ({ cpus, up }) => `name: many-${cpus}
summary: ${cpus} vCPUs
source: by hand
cpu: { model: Skylake-Server-v1 }
machine: { type: q35, cpus: ${cpus} }
expect: [{ log: { has: ['smp: Brought up 1 node, ${up} CPUs'] } }]
`,
      )
      .join('---\n'),
  )
  const options = ['--accel', 'tcg', '--jobs', '1']
  const { records } = await runJson(sandbox, ['debian:trixie'], file, ...options)
  t.same(
    records.map(({ scenario, verdict, clock }) => [scenario, verdict, clock]),
    [
      ['many-64', 'pass', 'real'],
      ['many-256', 'pass', 'real'],
    ],
  )
})
