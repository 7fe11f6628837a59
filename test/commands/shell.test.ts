import t from 'tap'
import { fakeQemu } from '../fixtures/fake-guest.js'
import { Sandbox } from '../fixtures/sandbox.js'
import { startOnTerminal } from '../fixtures/terminal.js'

const sandbox = await Sandbox.create(t)

/** Each is refused with a sentence, before anything is fetched. */
function refused(name: string, args: readonly string[], says: RegExp): void {
  t.test(name, async t => {
    const { status, stdout, stderr } = await sandbox.guise('shell', ...args)
    t.equal(status, 2)
    t.match(stderr, says)
    t.equal(stderr.trimEnd().split('\n').length, 1, stderr)
    t.equal(stdout, '')
    t.strictSame(sandbox.temporaryFolders(), [])
    t.notOk(sandbox.has('cache', 'guise', 'packages'))
  })
}

refused(
  'no terminal',
  ['vmware'],
  /^guise: shell: expected a terminal as stdin and stdout, got none; --exec 'CMD' needs none\n$/,
)
refused('several scenarios', ['@vmware', '--exec', 'true'], /expected one scenario, got \d+ with/)
refused(
  'an unknown scenario',
  ['vmwar', '--exec', 'true'],
  /unknown scenario `vmwar`: did you mean/,
)
refused('gdb and a command', ['vmware', '--gdb', '--exec', 'true'], /--exec or --gdb, got both/)
refused(
  'the nested host by name',
  ['vmware', '--accel', 'nested', '--exec', 'true'],
  /^guise: guise shell has no nested guests: /,
)
refused(
  'a kernel that is none',
  ['vmware', '--exec', 'true', '--kernel', '/no/such'],
  /kernel \/no\/such: no such file/,
)
refused(
  'files of this machine',
  [
    sandbox.write(
      'host-file.yaml',
      'name: a\nsummary: s\nsource: x\nmachine: { devices: ["VGA,romfile=/etc/passwd"] }\nexpect: [{ outcome: reported }]\n',
    ),
    '--exec',
    'true',
    '--kernel',
    sandbox.kernel,
  ],
  /romfile/,
)

t.test('an error before the guest starts leaves the terminal as it was', async t => {
  const script =
    'stty -a >before; "$@"; echo "status $?"; stty -a >after; cmp before after && echo same'
  const guise = sandbox.command('shell', 'vmware', '--kernel', '/no/such', '--qemu', fakeQemu)
  const terminal = startOnTerminal(['/bin/sh', '-c', script, 'sh', ...guise], {
    cwd: sandbox.path,
    env: sandbox.env,
  })
  t.equal(await terminal.ended, 0)
  t.match(terminal.shown(), /no such file.*status 2\r\nsame\r\n$/s)
})
