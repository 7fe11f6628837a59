import { mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { completeMarker } from '../../runner/console/protocol/layout.js'
import { everyRecord } from '../console/protocol/encode-report.js'
import { report } from '../fixtures/fake-guest.js'
import { Sandbox } from '../fixtures/sandbox.js'

const sandbox = await Sandbox.create(t)
const kernel = '[    0.000000] Linux version 6.1.0\r\n'
const reported = [{ print: kernel }, report(everyRecord), { print: `${completeMarker}\r\n` }]
const scenarios = sandbox.writeScenarios({
  'leaves-alone': { steps: reported },
  'needs-kvm': { steps: reported, yaml: 'needs: { fidelity: kvm }' },
  'needs-it-too': { steps: reported, yaml: 'needs: { fidelity: kvm }' },
})

/** A machine on which the fake QEMU runs, without the apt that the nested host is fetched by. */
function runWithoutApt(accelerator: string) {
  const run = sandbox.fakeRun(scenarios, '--accel', accelerator, '--format', 'json')
  return sandbox.exec(sandbox.command(...run), { env: { PATH: sandbox.at('bin') } })
}

mkdirSync(sandbox.at('bin'))
for (const program of readdirSync('/usr/bin').filter(name => !name.startsWith('apt'))) {
  symlinkSync(join('/usr/bin', program), sandbox.at('bin', program))
}

t.test(
  'auto: what needs the nested host is skipped where that cannot be had, and says why',
  async t => {
    const { status, stdout } = await runWithoutApt('auto')
    const records = stdout
      .split('\n')
      .slice(0, -1)
      .map(line => JSON.parse(line) as object)
    const why = [
      /^needs fidelity kvm; KVM is not used: .*; and the nested host can't be had: .*apt/,
    ]
    t.match(records, [
      { scenario: 'leaves-alone', accel: 'tcg', verdict: 'pass' },
      { scenario: 'needs-kvm', accel: 'nested', verdict: 'skip', why },
      { scenario: 'needs-it-too', accel: 'nested', verdict: 'skip', why },
    ])
    t.equal(status, 0)
  },
)

t.test('nested, asked for by name, is the environment’s trouble', async t => {
  const { status, stdout, stderr } = await runWithoutApt('nested')
  t.equal(status, 3)
  t.equal(stdout, '')
  t.match(stderr, /^guise: .*apt/m)
})
