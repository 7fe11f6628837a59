import { existsSync } from 'node:fs'
import t, { type Test } from 'tap'
import { completeMarker, recordNote } from '../../runner/console/protocol/layout.js'
import { everyRecord } from '../console/protocol/encode-report.js'
import { type FakeStep, fakeQemu, report } from '../fixtures/fake-guest.js'
import { Sandbox, until } from '../fixtures/sandbox.js'
import { startOnTerminal, type TerminalOptions } from '../fixtures/terminal.js'

const sandbox = await Sandbox.create(t)

const kernel: FakeStep = { print: '[    0.000000] Linux version 6.1.0\r\n' }
const settled = { type: recordNote, payload: 'clocksource-settled=yes' }
const reported = [kernel, report([...everyRecord, settled]), { print: `${completeMarker}\r\n` }]
const slow = [kernel, { wait: 1500 }, ...reported.slice(1)]

/** The command line of a run of these scenarios one after the other, its records going to a folder of that name. */
function runOf(folder: string, scenarios: Record<string, readonly FakeStep[]>) {
  const entries = Object.entries(scenarios).map(([name, steps]) => [name, { steps }] as const)
  const file = sandbox.writeScenarios(Object.fromEntries(entries), `${folder}.yaml`)
  const out = sandbox.at(folder)
  return sandbox.command(...sandbox.fakeRun(file, '--jobs', '1', '--output', out))
}

function onTerminal(command: [string, ...string[]], options: TerminalOptions = {}) {
  return startOnTerminal(command, { env: sandbox.env, ...options })
}

function hasRecord(folder: string, scenario: string): boolean {
  return sandbox.has(folder) && existsSync(sandbox.resultPath(`${scenario}.json`, folder))
}

function checkNothingLeft(t: Test): void {
  t.strictSame([sandbox.processes(), sandbox.temporaryFolders()], [[], []])
}

t.test('a terminal that is closed ends a run, and what is finished is kept', async t => {
  const command = runOf('closed', { first: reported, hangs: [kernel, { hang: true }] })
  const guise = onTerminal(command)
  await until(() => hasRecord('closed', 'first') && guise.shown().includes('hangs'))
  guise.close()
  t.equal(await guise.ended, 130)
  t.ok(hasRecord('closed', 'first'))
  t.notOk(hasRecord('closed', 'hangs'))
  checkNothingLeft(t)
})

t.test('a terminal that is closed without a word to guise ends it at the next result', async t => {
  const command = runOf('session', { first: reported, slow, hangs: [kernel, { hang: true }] })
  // In a session of its own it has no controlling terminal, and so gets no SIGHUP.
  const guise = onTerminal([
    'sh',
    '-c',
    'setsid --wait "$@"; echo $? >"$0"',
    sandbox.at('status'),
    ...command,
  ])
  // Until that is on the screen, it may be what finds the terminal closed.
  await until(() => /pass\S* +first/.test(guise.shown()))
  guise.close()
  await until(() => sandbox.processes().length === 0, 90_000)
  t.ok(hasRecord('session', 'slow'))
  t.notOk(hasRecord('session', 'hangs'))
  checkNothingLeft(t)
})

t.test('under nohup a run outlives its terminal', async t => {
  const command = runOf('nohup', { first: reported, slow })
  // As in a shell, which keeps the terminal open: where nohup has let go of it as the last, it is closed at once.
  const shell = ['sh', '-c', 'trap : HUP; nohup "$@"; exit $?', 'sh'] as const
  const guise = onTerminal([...shell, ...command], { cwd: sandbox.path })
  await until(() => hasRecord('nohup', 'first'))
  guise.close()
  t.equal(await guise.ended, 0)
  t.match(sandbox.read('nohup.out'), '2 pass, 0 fail, 0 skip, 0 error')
  checkNothingLeft(t)
})

const file = sandbox.writeScenarios({ one: { steps: reported } }, 'one.yaml')
const latest = sandbox.at('records')
const commands: Record<string, string[]> = {
  run: ['run', file, '--output', latest],
  explain: ['explain', file],
  dump: ['dump', file],
  'baseline update': ['baseline', 'update', file, '--baselines', sandbox.at('baselines')],
  'run --dry-run': ['run', file, '--dry-run'],
  list: ['list'],
  show: ['show', 'vmware'],
  schema: ['schema', 'record'],
  matrix: ['matrix', latest],
}
const guest = ['--kernel', sandbox.kernel, '--accel', 'tcg', '--qemu', fakeQemu]
for (const [name, words] of Object.entries(commands)) {
  t.test(`${name}: a stderr that is full or gone`, async t => {
    const command = words.includes(file) ? [...words, ...guest] : words
    const quoted = sandbox.command(...command).map(word => `'${word}'`)
    // Each way for one command that boots guests, since those take their time.
    const ways = ['2>/dev/full', '2>&-', '2> >(exec true)', '2</dev/null']
    for (const stderr of name === 'run' ? ways : ways.slice(0, 1)) {
      const { status, stdout } = await sandbox.exec(['bash', '-c', `${quoted.join(' ')} ${stderr}`])
      t.equal(status, 0, stderr)
      t.not(stdout, '', stderr)
    }
    checkNothingLeft(t)
  })
}

t.test('help that can not be written is an error, and help without a reader is none', async t => {
  const command = sandbox.command('run', '--help').join(' ')
  t.match(await sandbox.exec(['bash', '-c', `${command} >/dev/full`]), {
    status: 3,
    stderr: /^guise: stdout: expected to write the result, got: ENOSPC.*\n$/,
  })
  const early = await sandbox.exec(['bash', '-c', `${command} > >(exec true)`])
  t.strictSame([early.status, early.stderr], [0, ''])
})
