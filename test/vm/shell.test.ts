import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import * as nodePty from 'node-pty'
import t, { type Test } from 'tap'
import { Sandbox } from '../fixtures/sandbox.js'

// `guise shell` as a person has it, on a pseudo-terminal, with a shell of the host's around it: what that says of the terminal afterwards
// is what a person is left with.

const sandbox = await Sandbox.create(t)
const guestFolders = sandbox.at('t')
sandbox.write('t/keep', '')
const cache = { XDG_CACHE_HOME: process.env.XDG_CACHE_HOME, TMPDIR: guestFolders }
const command = (...words: string[]) => sandbox.command('shell', ...words)

async function exec(...words: string[]) {
  return sandbox.exec(command(...words), { env: cache })
}

/** A shell of the host's on a terminal of its own. */
class Terminal {
  readonly #pty
  text = ''

  constructor(t: Test) {
    const env = Object.fromEntries(
      Object.entries({
        ...process.env,
        ...sandbox.env,
        ...cache,
        PS1: 'host> ',
        TERM: 'xterm',
      }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
    )
    this.#pty = nodePty.spawn('/bin/sh', ['-i'], { cols: 90, rows: 30, env })
    this.#pty.onData(text => {
      this.text += text
    })
    t.teardown(() => {
      this.#pty.kill('SIGKILL')
    })
  }

  type(text: string): void {
    this.#pty.write(text)
  }

  resize(columns: number, rows: number): void {
    this.#pty.resize(columns, rows)
  }

  /** Waits until what came since the last call matches, and returns it. */
  async until(pattern: RegExp): Promise<string> {
    for (let tries = 0; tries < 1200; tries += 1) {
      const found = pattern.exec(this.text)
      if (found !== null) {
        const taken = this.text.slice(0, found.index + found[0].length)
        this.text = this.text.slice(taken.length)
        return taken
      }
      await sleep(100)
    }
    throw new Error(`expected ${pattern}, got ${JSON.stringify(this.text.slice(-1000))}`)
  }

  /** What stty(1) says of the terminal. */
  async settings(): Promise<string> {
    this.type('stty -g; echo settings-end\r')
    const text = await this.until(/\r\nsettings-end\r\n/)
    return /[0-9a-f]+(?::[0-9a-f]+){10,}/.exec(text)?.[0] ?? `none in ${text}`
  }

  start(...words: string[]): void {
    const quoted = command(...words).map(word => `'${word}'`)
    this.type(`${quoted.join(' ')}; echo status=$?\r`)
  }
}

function qemus(): number[] {
  const lines = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' }).split('\n')
  return lines
    .filter(line => /qemu-system.*mon:stdio/.test(line) && !/\bps\b/.test(line))
    .map(line => Number(line.trim().split(' ')[0]))
}

function folders(): string[] {
  return readdirSync(guestFolders).filter(name => /^guise-guest-/.test(name))
}

t.test('a command: its output, its errors and its status', async t => {
  const { status, stdout, stderr } = await exec(
    'hyperv',
    '--accel',
    'tcg',
    '--exec',
    'printf "a\\000b\\n"; echo oops >&2; dmesg | grep -c "Hypervisor detected: Microsoft"; exit 7',
  )
  t.equal(status, 7, stderr)
  t.equal(stdout, 'a\0b\n1\n')
  t.match(stderr, /^oops$/m)
  const dump = await exec('hyperv', '--accel', 'tcg', '--exec', 'cpuid')
  t.match(dump.stdout, /^CPU 0:\n {3}0x00000000 0x00: eax=0x0000000d /)
  t.match(
    dump.stdout,
    /^ {3}0x40000000 0x00: eax=0x\w+ ebx=0x7263694d ecx=0x666f736f edx=0x76482074$/m,
  )
  t.equal((await exec('tcg', '--accel', 'tcg', '--exec', 'kill -9 $$')).status, 137)
})

t.test('a guest that never comes to a shell', async t => {
  const dies = await exec('xen-cpuid-only', '--accel', 'tcg', '--exec', 'true', '--timeout', '20')
  t.equal(dies.status, 3)
  t.match(dies.stderr, /xen-cpuid-only: expected .*, got none, nor a shell/)
  const nested = await exec('kvm-no-eoi', '--accel', 'nested', '--exec', 'true')
  t.equal(nested.status, 2)
  t.match(nested.stderr, /got one of the nested host, which no shell reaches/)
  const blind = await exec('hyperv', '--accel', 'tcg')
  t.equal(blind.status, 2)
  t.match(blind.stderr, /expected a terminal as stdin and stdout, got none; --exec needs none/)
})

t.test('a shell: its size, a resize, and Ctrl-A X', async t => {
  const before = folders()
  const terminal = new Terminal(t)
  const settings = await terminal.settings()
  t.match(settings, /^[0-9a-f:]+$/)
  terminal.start('hyperv', '--accel', 'tcg')
  await terminal.until(/hyperv# /)
  terminal.type('stty size\r')
  t.match(await terminal.until(/\d+ \d+\r+\n/), /30 90\r+\n$/)
  terminal.resize(101, 37)
  terminal.type('sleep 1; stty size\r')
  t.match(await terminal.until(/\d+ \d+\r+\n/), /37 101\r+\n$/)
  terminal.type('cpuid | grep -c 0x40000000\r')
  t.match(await terminal.until(/\n\d+\r+\n/), /\n1\r+\n$/)
  terminal.type('sleep 100\r')
  await terminal.until(/sleep 100\r+\n/)
  terminal.type('\x03')
  await terminal.until(/hyperv# /)
  terminal.type('\x01x')
  await terminal.until(/status=0\r\n/)
  t.equal(await terminal.settings(), settings)
  t.same(qemus(), [])
  t.same(folders(), before)
  terminal.start('hyperv', '--accel', 'tcg')
  await terminal.until(/hyperv# /)
  terminal.type('exit 5\r')
  await terminal.until(/status=5\r\n/)
  t.equal(await terminal.settings(), settings, 'after the shell has ended')
})

t.test('kill -9 of QEMU, and SIGTERM to guise', async t => {
  const terminal = new Terminal(t)
  const settings = await terminal.settings()
  terminal.start('hyperv', '--accel', 'tcg')
  await terminal.until(/hyperv# /)
  // The alternate screen, and no cursor: what a guest may leave behind.
  terminal.type("printf '\\033[?1049h\\033[?25l'\r")
  await terminal.until(/hyperv# /)
  for (const pid of qemus()) process.kill(pid, 'SIGKILL')
  const text = await terminal.until(/status=3\r\n/)
  t.match(text, /QEMU ended by itself \(signal 9\)/)
  t.ok(text.includes('\x1b[?1049l\x1b[?25h'), 'the screen and the cursor are back')
  t.equal(await terminal.settings(), settings)

  terminal.start('hyperv', '--accel', 'tcg')
  await terminal.until(/hyperv# /)
  const guise = execFileSync('pgrep', ['-f', `${command('hyperv')[1] ?? ''} shell hyperv`], {
    encoding: 'utf8',
  })
  for (const pid of guise.trim().split('\n')) process.kill(Number(pid), 'SIGTERM')
  await terminal.until(/status=130\r\n/)
  t.equal(await terminal.settings(), settings)
  t.same(qemus(), [])
})

const hasGdb = (() => {
  try {
    execFileSync('gdb', ['--version'])
    return true
  } catch {
    return false
  }
})()

t.test('gdb stops at the symbol', { skip: !hasGdb && 'there is no gdb' }, async t => {
  const terminal = new Terminal(t)
  for (const [more, symbol] of [
    [[], 'init_hypervisor_platform'],
    [['vmware_platform'], 'vmware_platform'],
  ] as const) {
    terminal.start('hyperv', '--accel', 'tcg', '--gdb', ...more)
    const text = await terminal.until(/gdb .*# \w+\r\n/)
    const line = /gdb .*(?= {2}# )/.exec(text.replaceAll('\r\n', '\n'))?.[0] ?? ''
    const output = execFileSync('sh', ['-c', line.replace(/^gdb/, 'gdb -batch -nx')], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    t.match(output, new RegExp(`^${symbol} in section \\.text`, 'm'), output)
    await terminal.until(/hyperv# /)
    terminal.type('\x01x')
    await terminal.until(/status=0\r\n/)
  }
  terminal.start('hyperv', '--accel', 'tcg', '--gdb', 'init_hypervisor_platfrom')
  t.match(await terminal.until(/status=2\r\n/), /did you mean init_hypervisor_platform/)
})
