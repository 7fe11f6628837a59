import t from 'tap'
import { Sandbox } from '../fixtures/sandbox.js'
import { runJson } from './catalogue-run.js'

const sandbox = await Sandbox.create(t)

t.test(
  '16 vCPUs in dies, and cores of two kinds, on a QEMU that ends at a stray level of theirs',
  async t => {
    const options = ['--accel', 'tcg', '--qemu', 'debian:trixie']
    const names = ['topology-sixteen', 'topology-hybrid']
    const { records } = await runJson(sandbox, ['debian:trixie'], ...names, ...options)
    t.same(
      records.map(({ scenario, verdict, applied, cpuid }) => [
        scenario,
        verdict,
        applied,
        cpuid.got.length,
      ]),
      [
        ['topology-sixteen', 'pass', true, 16],
        ['topology-hybrid', 'pass', true, 4],
      ],
    )
    const kinds = records[1]?.cpuid.got.map(
      ({ leaves }) => leaves.find(({ leaf }) => leaf === '0x0000001a')?.eax,
    )
    t.same(kinds, ['0x40000001', '0x40000001', '0x20000001', '0x20000001'])
  },
)
