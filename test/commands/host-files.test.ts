import { chmodSync } from 'node:fs'
import t from 'tap'
import { completeMarker } from '../../runner/console/protocol/layout.js'
import { everyRecord } from '../console/protocol/encode-report.js'
import { fakeQemu, report } from '../fixtures/fake-guest.js'
import { Sandbox } from '../fixtures/sandbox.js'

const sandbox = await Sandbox.create(t)
// Says in which folder it runs a guest.
const qemu = sandbox.write(
  'qemu',
  `#!/bin/sh\ncase "$*" in *-append*) pwd >${sandbox.at('folder')};; esac\nexec ${fakeQemu} "$@"\n`,
)
chmodSync(qemu, 0o755)
const steps = [
  { print: '[    0.000000] Linux version 6.1.0\r\n' },
  report(everyRecord),
  { print: `${completeMarker}\r\n` },
]
const yaml = (device: string) =>
  `machine: { devices: ['${device}'] }\nexpect: [{ outcome: reported }]`
const scenarios = sandbox.writeScenarios({
  plain: { steps, yaml: yaml('VGA') },
  reads: { steps, yaml: yaml('loader,file=mine.bin') },
})

async function folderOf(scenario: string, ...more: string[]): Promise<string> {
  const args = ['run', `scenarios.yaml:${scenario}`, '--kernel', 'bzImage', '--accel', 'tcg']
  // Paths as a person writes them: relative to the folder that guise was started in.
  const command = sandbox.command(...args, '--qemu', './qemu', '--output', 'out', ...more)
  const { status, stderr } = await sandbox.exec(command, { cwd: sandbox.path })
  t.equal(status, 0, stderr)
  return sandbox.read('folder').trim()
}

t.test(
  'a name that a scenario gives to QEMU leads out of nowhere, unless that is allowed',
  async t => {
    t.ok(scenarios.endsWith('scenarios.yaml'))
    t.match(await folderOf('plain'), /\/guise-guest-\d+-/)
    t.match(await folderOf('plain', '--allow-host-files'), /\/guise-guest-\d+-/)
    t.equal(await folderOf('reads', '--allow-host-files'), sandbox.path)
  },
)
