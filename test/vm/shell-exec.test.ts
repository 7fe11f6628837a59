import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { scenariosFor } from '../../runner/commands/catalogue.js'
import { runShellCommand } from '../../runner/console/shell/run-command.js'
import { withDefaults } from '../../runner/run/options.js'
import { prepareShell } from '../../runner/run/shell-guest.js'
import { type CliResult, Sandbox, until } from '../fixtures/sandbox.js'
import { patienceMs, qemus, XDG_CACHE_HOME } from './sitting.js'

t.test('--exec: the command’s output, errors and status', async t => {
  const sandbox = await Sandbox.create(t)
  const exec = (command: string, ...args: string[]): Promise<CliResult> =>
    sandbox.exec(sandbox.command('shell', 'vmware', '--exec', command, '--accel', 'tcg', ...args), {
      env: { XDG_CACHE_HOME },
      stdin: 'ignore',
      timeout: patienceMs,
      encoding: 'latin1',
    })
  const bytes = 'i=0; while [ $i -lt 256 ]; do printf "\\\\x$(printf %x $i)"; i=$((i+1)); done'
  const all = await exec(`cat; ${bytes}; printf 'no end of line' >&2; exit 7`)
  t.same(all, {
    status: 7,
    stdout: Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString('latin1'),
    stderr: 'no end of line',
  })
  const long = await exec('seq 1 300000; seq 1 300000 | sha256sum >&2')
  const sha256 = createHash('sha256').update(long.stdout).digest('hex')
  t.same([long.status, long.stderr], [0, `${sha256}  -\n`])
  t.equal((await exec('kill -9 $$')).status, 137)
  t.equal((await exec('sh -c "kill -TERM \\$\\$"')).status, 143)
  t.equal((await exec('yes & echo left behind >&2')).stderr, 'left behind\n')

  // Not before the second serial port has sent the hello (12 bytes) and the output's frame (15).
  const isSent = 'grep -q "^1: .* tx:27 " /proc/tty/driver/serial'
  const died = await exec(
    `echo before; until ${isSent}; do sleep 0.1; done; echo c >/proc/sysrq-trigger; sleep 100`,
  )
  t.same([died.status, died.stdout], [3, 'before\n'])
  t.match(died.stderr, /^guise: the guest died: .*\. Its console ends with:\nguise: {3}/)
  const late = await exec('sleep 1000', '--timeout', '8')
  t.equal(late.status, 3)
  t.match(
    late.stderr,
    /^guise: the command did not end in 8 s \(--timeout\)\. Its console ends with/,
  )
  t.strictSame([sandbox.processes(), qemus(sandbox), sandbox.temporaryFolders()], [[], [], []])
})

t.test('a command that writes without an end', async t => {
  const run = withDefaults({
    scenarios: await scenariosFor(['vmware']),
    accelerator: 'tcg',
    clock: 'real',
    jobs: 1,
    unjudged: true,
  })
  const [scenario] = run.scenarios
  if (scenario === undefined) return t.fail('no scenario')
  const quiet = () => undefined
  const asked = { scenario, run, symbol: null, onNote: quiet, onSetup: quiet }
  const { plan, images } = await prepareShell(asked)
  let taken = 0
  const output = (bytes: Uint8Array) => {
    taken += bytes.length
    return Promise.resolve()
  }
  const purpose = { term: 'dumb', size: null, command: 'yes; true' }
  await t.rejects(
    runShellCommand(
      { plan, images, purpose, debugged: false },
      { output, error: output, note: quiet },
      { totalMs: patienceMs, outputBytes: 2 ** 18 },
      run.signal,
    ),
    { message: /^the command wrote more than 0\.25 MiB/ },
  )
  t.ok(taken > 2 ** 17 && taken <= 2 ** 18, `${taken} bytes`)
})

t.test('--exec is interrupted', async t => {
  const sandbox = await Sandbox.create(t)
  const command = sandbox.command('shell', 'vmware', '--exec', 'echo up; sleep 1000')
  const guise = sandbox.start([...command, '--accel', 'tcg'], {
    env: { XDG_CACHE_HOME },
    detached: true,
  })
  await until(() => qemus(sandbox).length > 0, patienceMs)
  process.kill(-guise.pid, 'SIGINT')
  t.equal((await guise.ended).status, 130)
  t.strictSame([sandbox.processes(), qemus(sandbox), sandbox.temporaryFolders()], [[], [], []])
})

t.test('a machine without PCI', async t => {
  const sandbox = await Sandbox.create(t)
  const file = sandbox.write(
    'microvm.yaml',
    'name: small\nsummary: a microvm\nsource: this test\nmachine: { type: microvm }\nexpect: [{ outcome: reported }]\n',
  )
  const command = sandbox.command('shell', file, '--accel', 'tcg', '--exec')
  const { status, stdout } = await sandbox.exec(
    [...command, 'ls /sys/bus/pci/devices | wc -l; cat /proc/ioports | grep -c serial'],
    {
      env: { XDG_CACHE_HOME },
    },
  )
  t.same([status, stdout], [0, '0\n2\n'])
})

t.test('busybox lies in the cache by its content', async t => {
  const sandbox = await Sandbox.create(t)
  const { stdout } = await sandbox.exec(
    sandbox.command('shell', 'vmware', '--accel', 'tcg', '--exec', 'sha256sum /bin/busybox'),
    { env: { XDG_CACHE_HOME } },
  )
  const [sha256 = ''] = stdout.split(' ')
  const folder = `${XDG_CACHE_HOME ?? `${process.env.HOME ?? ''}/.cache`}/guise/busybox`
  const content = readFileSync(`${folder}/${sha256}.busybox`)
  t.equal(createHash('sha256').update(content).digest('hex'), sha256)
})
