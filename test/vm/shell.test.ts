import { rmSync } from 'node:fs'
import { execa } from 'execa'
import t from 'tap'
import { Sandbox, until } from '../fixtures/sandbox.js'
import { interrupt, leavesNothing, patienceMs, prompt, qemus, sitAt } from './sitting.js'

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

  await say(`sh -c 'echo sl""eeping; sleep 1000' | cat`, 'sleeping')
  // What is typed before the terminal has flushed its input would be lost.
  await interrupt(terminal)
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

/** Removes what is left when QEMU is gone. */
async function emptied(sandbox: Sandbox): Promise<void> {
  await until(() => qemus(sandbox).length === 0, 10_000)
  for (const name of sandbox.temporaryFolders())
    rmSync(sandbox.at('tmp', name), { recursive: true })
}

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
      await sitting.left()
      // Of a guise that was killed nobody removes the folder, before the next one does.
      if (signal === 'SIGKILL') await emptied(sitting.sandbox)
      t.equal(await leavesNothing(t, sitting), status)
    })
  }
  t.end()
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
    await sees(/\r\ngdb .*'target remote .*'\r\n/)
    t.match(terminal.shown(), 'nokaslr on its command line')
    const line = /\r\n(gdb .*'target remote .*')\r\n/.exec(terminal.shown())?.[1] ?? ''
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
  t.test('a guest that ends before it comes there', async t => {
    const sitting = await sitAt(t, '--gdb', 'do_init_module')
    await sitting.sees(prompt)
    sitting.terminal.type('poweroff\r')
    t.equal(await leavesNothing(t, sitting), '3')
    t.match(sitting.terminal.shown(), 'guise: the guest did not come to do_init_module: ')
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
