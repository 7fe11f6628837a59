import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import t, { type Test } from 'tap'
import { type CliResult, Sandbox, until } from '../fixtures/sandbox.js'
import { type OnTerminal, startOnTerminal } from '../fixtures/terminal.js'

// The kernel and busybox are in the user's own cache: fetched once, not by each test.
const { XDG_CACHE_HOME } = process.env
const patienceMs = 40_000
const prompt = 'vmware:/root# '

interface Sitting {
  readonly sandbox: Sandbox
  readonly terminal: OnTerminal
  /** Types a line, and waits until the terminal has shown `answer` behind what was there before. */
  readonly say: (line: string, answer: string) => Promise<void>
  /** Waits until the terminal shows a text. */
  readonly sees: (text: string | RegExp) => Promise<void>
  /** Waits for the shell that guise was started from: guise's exit status, and the terminal's state before and after. */
  readonly left: () => Promise<{ status: string; before: string; after: string }>
}

/** The guests of a sandbox: their QEMUs work in its temporary folders. */
function qemus(sandbox: Sandbox): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .filter(pid => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`).startsWith(sandbox.env.TMPDIR ?? '')
      } catch {
        return false
      }
    })
    .map(Number)
}

/** A folder for temporary ones whose path is short: gdb finds QEMU by it, and a socket's name must hold it. */
function shortFolder(t: Test): string {
  const path = mkdtempSync(join(tmpdir(), 'guise-test-'))
  t.teardown(() => {
    rmSync(path, { recursive: true })
  })
  return path
}

/** Sits at a guest on a terminal of its own, in which a shell starts guise as one's own would. */
async function sitAt(t: Test, ...args: string[]): Promise<Sitting> {
  const sandbox = await Sandbox.create(t)
  if (args.includes('--gdb')) sandbox.env.TMPDIR = shortFolder(t)
  const guise = sandbox.command('shell', 'vmware', '--accel', 'tcg', ...args)
  const [before, after, status] = ['before', 'after', 'status'].map(name => sandbox.at(name))
  const script = `stty -a >'${before ?? ''}'; "$@"; echo $? >'${status ?? ''}'; stty -a >'${after ?? ''}'`
  const terminal = startOnTerminal(['/bin/sh', '-c', script, 'sh', ...guise], {
    env: { ...sandbox.env, XDG_CACHE_HOME },
    columns: 91,
  })
  t.teardown(() => {
    terminal.close()
  })
  const shows = async (text: string | RegExp, from = 0) => {
    const shown = () => terminal.shown().slice(from)
    try {
      const isThere = () => (typeof text === 'string' ? shown().includes(text) : text.test(shown()))
      await until(isThere, patienceMs)
    } catch {
      throw new Error(`expected ${String(text)}, got ${JSON.stringify(shown().slice(-600))}`)
    }
  }
  return {
    sandbox,
    terminal,
    sees: text => shows(text),
    async say(line, answer) {
      const from = terminal.shown().length
      terminal.type(`${line}\r`)
      await shows(answer, from)
    },
    async left() {
      await until(() => sandbox.has('after') && sandbox.read('after').endsWith('\n'), patienceMs)
      const read = (name: string) => sandbox.read(name)
      return { status: read('status').trim(), before: read('before'), after: read('after') }
    },
  }
}

/** Nothing of guise's is left, and the terminal is as it was. */
async function leavesNothing(t: Test, { sandbox, terminal, left }: Sitting): Promise<string> {
  const { status, before, after } = await left()
  t.match(before, ' icanon')
  t.equal(after, before, 'the terminal is as it was')
  const shown = terminal.shown()
  t.match(shown.slice(-2000), /\[\?25h.*\[\?2004l.*\[0m/s, 'and so are its modes')
  await until(() => [...sandbox.processes(), ...qemus(sandbox)].length === 0, 10_000)
  t.strictSame(readdirSync(sandbox.env.TMPDIR ?? ''), [])
  return status
}

t.test('a shell on the guest’s console: commands, leaves, sizes, and Ctrl-A X', async t => {
  const sitting = await sitAt(t)
  const { terminal, say, sees } = sitting
  await sees(prompt)
  t.match(
    terminal.shown(),
    /guise: vmware on 6\.1\..*, QEMU .*, tcg, real time\r\n/,
    'it says what runs',
  )
  t.match(terminal.shown(), 'Hypervisor detected: VMware')
  await say('echo $((6*7))-', '42-')
  await say('dmesg | grep -c "Hypervisor detected: VMware"', '\r\n1\r\n')
  await say('cpuid -1 -l 0x40000000', 'ebx=0x61774d56 ecx=0x4d566572 edx=0x65726177')
  await say('stty size', '\r\n24 91\r\n')
  await say('echo $TERM', '\r\nxterm\r\n')

  // Whoever is in the foreground hears of it.
  await say(
    `sh -c 'trap "echo re""sized; exit" WINCH; echo wait""ing; while :; do sleep 0.1; done'`,
    'waiting',
  )
  const from = terminal.shown().length
  terminal.resize(132, 50)
  await until(() => terminal.shown().slice(from).includes('resized'), patienceMs)
  await say('stty size', '\r\n50 132\r\n')

  await say('sleep 1000 | cat', '\n')
  terminal.type('\x03')
  await say('echo after-$?', 'after-130')
  await say('\x01h', 'Ctrl-A X       end the guest')
  await say('printf "\\033[?1049h\\033[?25l"', '\x1b[?25l')
  terminal.type('\x01x')
  t.equal(await leavesNothing(t, sitting), '0')
})

t.test('kill -9 of QEMU', async t => {
  const sitting = await sitAt(t)
  await sitting.sees(prompt)
  const [pid = 0] = qemus(sitting.sandbox)
  process.kill(pid, 'SIGKILL')
  t.equal(await leavesNothing(t, sitting), '3')
  t.match(sitting.terminal.shown(), /guise: QEMU ended: SIGKILL\r\n/)
})

t.test('the guest ends itself, or dies', t => {
  t.test('poweroff', async t => {
    const sitting = await sitAt(t)
    await sitting.sees(prompt)
    sitting.terminal.type('poweroff\r')
    t.equal(await leavesNothing(t, sitting), '0')
  })
  t.test('the end of its shell', async t => {
    const sitting = await sitAt(t)
    await sitting.sees(prompt)
    sitting.terminal.type('exit\r')
    t.equal(await leavesNothing(t, sitting), '0')
  })
  t.test('a panic', async t => {
    const sitting = await sitAt(t)
    await sitting.sees(prompt)
    sitting.terminal.type('echo c >/proc/sysrq-trigger\r')
    t.equal(await leavesNothing(t, sitting), '3')
    t.match(sitting.terminal.shown(), /guise: the guest died: .*(?:Oops|sysrq|#PF|\[#1\])/)
  })
  t.end()
})

t.test('signals to guise', t => {
  for (const [signal, status] of [
    ['SIGTERM', '130'],
    ['SIGHUP', '130'],
    ['SIGINT', '130'],
    ['SIGKILL', '137'],
  ] as const) {
    t.test(signal, async t => {
      const sitting = await sitAt(t)
      await sitting.sees(prompt)
      const [pid = 0] = sitting.sandbox.pids('main.cjs shell').slice(-1)
      process.kill(pid, signal)
      const { status: got } = await sitting.left()
      t.equal(got, status)
      await until(() => qemus(sitting.sandbox).length === 0, 10_000)
      // Where guise was killed, the shell may be faster than who gives the terminal back.
      if (signal !== 'SIGKILL') await leavesNothing(t, sitting)
      else await until(() => /\[\?2004l/.test(sitting.terminal.shown()), 10_000)
    })
  }
  t.end()
})

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

  const died = await exec('echo before; echo c >/proc/sysrq-trigger; sleep 100')
  t.same([died.status, died.stdout], [3, 'before\n'])
  t.match(died.stderr, /^guise: the guest died: .*\. Its console ends with:\nguise: {3}/)
  const late = await exec('sleep 1000', '--timeout', '8')
  t.equal(late.status, 3)
  t.match(
    late.stderr,
    /^guise: the command did not end in 8 s \(--timeout\)\. Its console ends with/,
  )
  const flood = await exec('cat /dev/zero | tr "\\0" x')
  t.equal(flood.status, 3)
  t.match(flood.stderr, /the command wrote more than 16 MiB/)
  t.equal(flood.stdout.length > 15 * 2 ** 20, true)
  t.strictSame([sandbox.processes(), qemus(sandbox), sandbox.temporaryFolders()], [[], [], []])
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

t.test('a nested guest is refused', async t => {
  const sandbox = await Sandbox.create(t)
  const refused = await sandbox.guise('shell', 'vmware', '--accel', 'nested', '--exec', 'true')
  t.equal(refused.status, 2)
  t.match(refused.stderr, /^guise: guise shell has no nested guests: [^\n]*\n$/)
})

const hasGdb = await execa('gdb', ['--version'], { reject: false }).then(({ failed }) => !failed)

t.test('--gdb', { skip: !hasGdb && 'there is no gdb in PATH' }, t => {
  t.test('a packaged kernel stops at the symbol, and goes on when gdb leaves', async t => {
    const sitting = await sitAt(t, '--gdb')
    const { terminal, sees } = sitting
    await sees(/guise: gdb .*'target remote .*'\r\n/)
    t.match(terminal.shown(), 'nokaslr on its command line')
    const line = /guise: (gdb .*'target remote .*')\r\n/.exec(terminal.shown())?.[1] ?? ''
    t.notMatch(terminal.shown(), 'Hypervisor detected', 'it has not come so far')
    const batch = `${line.replace(/^gdb /, 'gdb -nx -batch ')} -ex 'info registers rip' -ex 'bt 2'`
    const { stdout } = await execa('/bin/sh', ['-c', batch])
    t.match(stdout, /^rip +0x([0-9a-f]+) +0x\1 <init_hypervisor_platform>$/m, stdout)
    t.match(stdout, /^#0 .* init_hypervisor_platform \(\)\n#1 .* in (setup_arch|early_cpu_init)/m)
    await sees(prompt)
    terminal.type('\x01x')
    t.equal(await leavesNothing(t, sitting), '0')
  })
  t.test('a symbol that is named', async t => {
    const sitting = await sitAt(t, '--gdb', 'do_init_module')
    const { terminal, sees } = sitting
    await sees(/stopped at |Hypervisor detected/)
    terminal.type('\x01x')
    t.equal(await leavesNothing(t, sitting), '0')
  })
  t.test('one that is not there, with what is like it', async t => {
    const sitting = await sitAt(t, '--gdb', 'init_hypervisor_platfrm')
    const { status } = await sitting.left()
    t.equal(status, '2')
    t.match(
      sitting.terminal.shown(),
      /--gdb: the kernel has no function `init_hypervisor_platfrm`; did you mean init_hypervisor_platform\?/,
    )
  })
  t.end()
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
