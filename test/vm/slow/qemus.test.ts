import t from 'tap'
import { fetchableQemus } from '../../../images/distribution/table.js'
import { Sandbox } from '../../fixtures/sandbox.js'
import { runJson } from '../catalogue-run.js'

// Every QEMU that a suite has, fetched and laid out: some 50 MB each, the first time.

const sandbox = await Sandbox.create(t)
sandbox.env.XDG_CACHE_HOME = process.env.XDG_CACHE_HOME
const specs = fetchableQemus.map(({ spec }) => spec)

for (const spec of specs) {
  t.test(`${spec} runs a guest that is shown leaves`, async t => {
    const words = ['hyperv', 'tcg', '--accel', 'tcg', '--qemu', spec]
    const { status, records, stderr } = await runJson(sandbox, ['debian:bookworm'], ...words)
    t.equal(status, 0, stderr.slice(-1000))
    t.same(
      records.map(({ verdict, fingerprint }) => [verdict, fingerprint.qemu]),
      [
        ['pass', spec],
        ['pass', spec],
      ],
    )
  })
}

t.test('two QEMUs, compared', async t => {
  const [one = '', two = ''] = specs
  const words = [`qemu:${one}`, `qemu:${two}`, 'hyperv', '--accel', 'tcg']
  const { status, stdout, stderr } = await sandbox.exec(sandbox.command('compare', ...words))
  t.ok(status === 0 || status === 1, stderr)
  t.match(stdout, /^qemu:\S+ {2}QEMU \d+\.\d+\.\d+/m)
  t.match(stdout, /^1 scenario compared: /m)
})
