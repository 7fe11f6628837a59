import t from 'tap'
import {
  gitBisectStatus,
  gitBisectStatusOfError,
  isUnderGitBisect,
} from '../../runner/commands/git-bisect-status.js'
import { BuildError, EnvironmentError, InputError } from '../../runner/errors.js'
import * as layout from '../../runner/console/protocol/layout.js'
import { everyRecord } from '../console/protocol/encode-report.js'
import { fakeQemu, report } from '../fixtures/fake-guest.js'
import { Sandbox } from '../fixtures/sandbox.js'

t.test('git-bisect(1) knows four statuses', t => {
  t.same([0, 1, 3, 2, 130].map(gitBisectStatus), [0, 1, 125, 128, 128])
  t.equal(gitBisectStatusOfError(new BuildError('x', []), 2), 125)
  t.equal(gitBisectStatusOfError(new InputError('x'), 2), 128)
  t.equal(gitBisectStatusOfError(new EnvironmentError('x'), 3), 128)
  t.equal(gitBisectStatusOfError(new Error('x'), 130), 130)
  t.equal(gitBisectStatusOfError(new Error('help'), 0), 0)
  t.ok(isUnderGitBisect(['node', 'guise', 'run', 'x', '--bisect']))
  t.notOk(isUnderGitBisect(['node', 'guise', 'run', 'x']))
  t.notOk(isUnderGitBisect(['node', 'guise', 'bisect', '--bisect']))
  t.end()
})

t.test('a run under git bisect', async t => {
  const sandbox = await Sandbox.create(t)
  const reported = [
    { print: '[    0.000000] Linux version 6.1.0\r\n' },
    report(everyRecord),
    { print: `${layout.completeMarker}\r\n` },
  ]
  const run = async (yaml: string, ...more: string[]) => {
    const file = sandbox.writeScenarios({ one: { steps: reported, yaml } })
    const fake = ['--accel', 'tcg', '--qemu', fakeQemu, '--kernel', sandbox.kernel]
    return (await sandbox.exec(sandbox.command('run', '--bisect', file, ...fake, ...more))).status
  }
  t.equal(await run('expect: [{ hypervisor: KVM }]'), 0)
  t.equal(await run('expect: [{ hypervisor: Xen HVM }]'), 1)
  t.equal(await run('needs: { qemu: ">=99" }\nexpect: [{}]'), 125)
  t.equal(await run('expect: [{}]', '--no-such-option'), 128, 'no commit is bad for a slip')
  t.equal(await run('expect: [{}]', '--kernel', '/nowhere'), 128)
})
