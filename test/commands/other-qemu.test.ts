import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { completeMarker } from '../../runner/console/protocol/layout.js'
import { type GuiseRecord, recordSchema } from '../../runner/record/schema.js'
import { everyRecord } from '../console/protocol/encode-report.js'
import { fakeQemu, report } from '../fixtures/fake-guest.js'
import { Sandbox, until } from '../fixtures/sandbox.js'

// What a guest that the QEMU in PATH does not serve comes to where no other can be had; one that can is in vm/virtual-time.test.ts.

const steps = [
  { print: '[    0.000000] Linux version 6.1.0\r\n' },
  report(everyRecord),
  { print: `${completeMarker}\r\n` },
]

/** A machine with the fake QEMU in PATH, or without one, and an apt whose every update does `update`, having left a line in a file. */
async function machine(t: Test, update: string, hasQemu = true) {
  const sandbox = await Sandbox.create(t)
  const scenarios = sandbox.writeScenarios({
    one: { steps },
    two: { steps, yaml: 'machine: { cpus: 2 }' },
    'two-again': { steps, yaml: 'machine: { cpus: 2 }' },
    newer: { steps, yaml: "needs: { qemu: '>=8.0' }" },
  })
  const bin = sandbox.at('bin')
  mkdirSync(bin)
  const others = readdirSync('/usr/bin').filter(name => !/^(apt-|qemu-system-x86_64$)/.test(name))
  for (const name of others) symlinkSync(join('/usr/bin', name), join(bin, name))
  if (hasQemu) symlinkSync(fakeQemu, join(bin, 'qemu-system-x86_64'))
  const sources = sandbox.write('sources.list', 'deb http://mirror.invalid/debian trixie main\n')
  const script = (name: string, text: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
  }
  script('apt-config', `echo "list='${sources}'"; echo "parts='/nowhere'"`)
  script('apt-get', `echo asked >>${sandbox.at('asked')}; ${update}`)
  const words = ['run', scenarios, '--kernel', sandbox.kernel, '--output', sandbox.at('out')]
  const options = { env: { PATH: bin } }
  const start = (...more: string[]) =>
    sandbox.start(sandbox.command(...words, '--accel', 'tcg', ...more), options)
  return { sandbox, start }
}

const fails = 'echo "E: the mirror is away" >&2; exit 100'

/** How often the mirror was asked. */
function timesAsked(sandbox: Sandbox): number {
  return sandbox.has('asked') ? readFileSync(sandbox.at('asked'), 'utf8').split('\n').length - 1 : 0
}

t.test('where no other QEMU can be had the run goes on, and says so once', async t => {
  const { sandbox, start } = await machine(t, fails)
  const { status, stdout, stderr } = await start('--format', 'json').ended
  const lines = stdout.split('\n').slice(0, -1)
  const records = lines.map((line): GuiseRecord => recordSchema.parse(JSON.parse(line)))
  const away = /debian:trixie’s can’t be had: .*the mirror is away$/
  const real = { verdict: 'pass', clock: 'real', clockWhy: away, qemuWhy: null }
  t.match(records, [
    { scenario: 'one', verdict: 'pass', clock: 'virtual' },
    { scenario: 'two', ...real },
    { scenario: 'two-again', ...real },
    { scenario: 'newer', verdict: 'skip', why: [/^needs QEMU >=8.0; this is 7.2.22, and debian:/] },
  ])
  t.equal(status, 0)
  t.equal(timesAsked(sandbox), 1, 'the mirror is asked once in a run')
  t.equal(stderr.split('Going on with QEMU 7.2.22').length, 2)
})

t.test('a dry run prints what then runs', async t => {
  const { sandbox, start } = await machine(t, fails)
  const { stdout } = await start('--dry-run').ended
  t.equal(stdout.match(/ -icount /g)?.length, 1, 'the guest of one CPU')
  t.match(stdout, /^# newer: skip: needs QEMU >=8\.0; .* can’t be had: .*the mirror is away$/m)
  t.equal(timesAsked(sandbox), 1)
})

t.test('a QEMU that is asked for by name has the mirror left alone', async t => {
  const { sandbox, start } = await machine(t, fails)
  const { stdout } = await start('--qemu', fakeQemu).ended
  t.match(stdout, /^skip {2}newer +needs QEMU >=8\.0; this is 7\.2\.22$/m)
  t.match(stdout, /^3 pass, 0 fail, 1 skip, 0 error$/m)
  t.equal(timesAsked(sandbox), 0)
})

t.test('a machine without QEMU: both reasons, and status 3', async t => {
  const { start } = await machine(t, fails, false)
  const { status, stderr } = await start().ended
  t.equal(status, 3)
  t.match(stderr, /^guise: there is no qemu-system-x86_64 in PATH: taking debian:trixie’s$/m)
  t.match(
    stderr,
    /^guise: no qemu-system-x86_64 in PATH: install .*; debian:trixie’s .*the mirror is away$/m,
  )
})

for (const [title, hasQemu] of [
  ['in place of the one in PATH', true],
  ['for want of any', false],
] as const) {
  t.test(`Ctrl-C ends the fetch of a QEMU ${title}`, async t => {
    const { sandbox, start } = await machine(t, 'exec sleep 1000', hasQemu)
    const guise = start()
    await until(() => timesAsked(sandbox) === 1)
    process.kill(guise.pid, 'SIGINT')
    const { status, stdout } = await guise.ended
    t.equal(status, 130)
    t.equal(stdout, '')
    t.strictSame(sandbox.processes(), [], 'no apt is left')
    t.strictSame(sandbox.temporaryFolders(), [])
  })
}
