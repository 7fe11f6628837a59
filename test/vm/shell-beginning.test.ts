import t from 'tap'
import { Sandbox, until } from '../fixtures/sandbox.js'
import { startOnTerminal } from '../fixtures/terminal.js'

// The kernel and busybox are in the user's own cache: fetched once, not by each test.
const { XDG_CACHE_HOME } = process.env
const patienceMs = 60_000

t.test('a size that the terminal gets while QEMU is started is not lost', async t => {
  const sandbox = await Sandbox.create(t)
  const terminal = startOnTerminal(sandbox.command('shell', 'vmware', '--accel', 'tcg'), {
    env: { ...sandbox.env, XDG_CACHE_HOME },
  })
  t.teardown(() => {
    terminal.close()
  })
  // Guise's last word before it takes the terminal.
  await until(() => terminal.shown().includes('Ctrl-A H tells'), patienceMs)
  terminal.resize(77, 33)
  await until(() => terminal.shown().includes('vmware:/root# '), patienceMs)
  terminal.type('stty size\r')
  await until(() => /\r\n\d+ \d+\r\n/.test(terminal.shown()), patienceMs)
  t.match(terminal.shown(), '\r\n33 77\r\n')
  terminal.type('\x01x')
  t.equal(await terminal.ended, 0)
})

t.test('a guest that is reset before its init is up is told, and no success', async t => {
  const sandbox = await Sandbox.create(t)
  const file = sandbox.write(
    'resets.yaml',
    'name: resets\nsummary: s\nsource: s\nkernel: { cmdline: [rdinit=/none, quiet, loglevel=0] }\nexpect: [{ outcome: reset }]\n',
  )
  const terminal = startOnTerminal(sandbox.command('shell', file, '--accel', 'tcg'), {
    env: { ...sandbox.env, XDG_CACHE_HOME },
  })
  t.equal(await terminal.ended, 3)
  t.match(terminal.shown(), /guise: the guest was reset before its init was up\r\n$/)
})

t.test('`cpuid` prints of every vCPU what `guise dump` does', async t => {
  const sandbox = await Sandbox.create(t)
  const guise = (...args: string[]) =>
    sandbox.exec(sandbox.command(...args, 'topology-amd-nodes', '--accel', 'tcg'), {
      env: { XDG_CACHE_HOME },
    })
  const shell = await guise('shell', '--exec', 'cpuid')
  const dump = await guise('dump')
  t.same([shell.status, dump.status], [0, 0], shell.stderr + dump.stderr)
  t.equal(shell.stdout, dump.stdout)
  t.same(shell.stdout.match(/^CPU \d+:$/gm), ['CPU 0:', 'CPU 1:', 'CPU 2:', 'CPU 3:'])
})

t.test('the modules of the scenario are loaded', async t => {
  const sandbox = await Sandbox.create(t)
  const file = sandbox.write(
    'loop.yaml',
    'name: loop\nsummary: s\nsource: s\nkernel: { modules: [virtio_net] }\nexpect: [{ outcome: reported }]\n',
  )
  const command = sandbox.command('shell', file, '--accel', 'tcg', '--exec')
  const { status, stdout } = await sandbox.exec([...command, 'cut -d" " -f1 /proc/modules'], {
    env: { XDG_CACHE_HOME },
  })
  t.equal(status, 0)
  t.same(
    stdout
      .split('\n')
      .filter(name => /virtio_net|net_failover/.test(name))
      .sort(),
    ['net_failover', 'virtio_net'],
  )
})
