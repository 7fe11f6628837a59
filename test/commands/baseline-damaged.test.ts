import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import * as layout from '../../runner/console/protocol/layout.js'
import { everyRecord } from '../console/protocol/encode-report.js'
import { type FakeStep, fakeQemu, report } from '../fixtures/fake-guest.js'
import { Sandbox } from '../fixtures/sandbox.js'

const sandbox = await Sandbox.create(t)
const banner: FakeStep = { print: '[    0.000000] Linux version 6.1.0\r\n' }
const end: FakeStep = { print: `${layout.completeMarker}\r\n` }
const settled = { type: layout.recordNote, payload: 'clocksource-settled=yes' }
const reported = [banner, report([...everyRecord, settled]), end]
const fake = ['--accel', 'tcg', '--qemu', fakeQemu]

t.test('a run that was cut short is no pass, and one bad baseline costs no other', async t => {
  const folder = sandbox.at('of-a-part')
  const yaml = 'expect: [{}]'
  const file = sandbox.writeScenarios({
    one: { steps: reported, yaml },
    two: { steps: reported, yaml },
  })
  const results = sandbox.at('part')
  const kernel = ['--kernel', sandbox.kernel, '--output', results]
  await sandbox.exec([...sandbox.command('run', file, ...fake), ...kernel])
  const of = (mode: string, ...more: readonly string[]) =>
    sandbox.exec([
      ...sandbox.command('baseline', mode, '--run', results, '--baselines', folder),
      ...more,
    ])
  t.match(await of('update'), { status: 0, stdout: /^2 written$/m })
  const files = (where: string, name: string) =>
    readdirSync(where, { recursive: true, encoding: 'utf8' })
      .filter(path => path.endsWith(name))
      .map(path => join(where, path))
  const [one = '', two = ''] = ['one.txt', 'two.txt'].flatMap(name => files(folder, name))
  // As git has it where core.autocrlf is set.
  writeFileSync(two, readFileSync(two, 'utf8').replaceAll('\n', '\r\n'))
  t.match(await of('check'), { status: 0, stdout: /^2 same$/m })
  writeFileSync(one, Buffer.from([0xff, 0xfe, 0, 1]))
  t.match(await of('check'), {
    status: 3,
    stdout: /^error .*\/one\.txt: [^]*^same +\S*two\.txt\n1 same, 1 error$/m,
  })
  for (const [text, message] of [
    ['\n', /^error .*\/one\.txt: expected a baseline as .*, got an empty file$/m],
    [
      `hypervisor KVM\n<<<<<<< HEAD\nclocksource current tsc\n=======\n>>>>>>> theirs\n`,
      /^error .*\/one\.txt: expected a baseline as .*, got a conflict of a merge in line 2$/m,
    ],
  ] as const) {
    writeFileSync(one, text)
    t.match(await of('check'), { status: 3, stdout: message })
  }
  t.match(await sandbox.guise('baseline', 'check', '--run', results, '--baselines', one), {
    status: 2,
    stderr: /--baselines .*one\.txt: expected a folder, got a file$/m,
  })
  writeFileSync(two, readFileSync(two, 'utf8').replace('hypervisor KVM', 'hypervisor none'))
  t.equal((await of('check')).status, 1, 'a difference is not hidden by it')

  rmSync(files(results, 'one.json')[0] ?? '')
  const { stdout, status } = await of('check', `${file}:one`)
  t.equal(status, 3)
  t.match(stdout, /^error +one: no record of it on \S+\n1 error$/m)
})
