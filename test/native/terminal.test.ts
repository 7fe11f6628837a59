import { execa } from 'execa'
import { join } from 'node:path'
import t from 'tap'
import { openPty } from '../../runner/console/pty.js'
import { overrideObject, packageRoot } from '../../runner/paths.js'
import { buildNative, statusDone } from './tiny-guest.js'

await buildNative()

/** What the tiny guest says on a terminal, and how often its QEMU wrote to any file. */
async function onTerminal(
  leaves: readonly string[],
  portions: boolean,
): Promise<{ status: number | undefined; said: string; writes: number }> {
  const parts: Buffer[] = []
  using pty = openPty(bytes => parts.push(bytes))
  const { exitCode, stdout } = await execa(
    'sh',
    // A shell's counts have those of the processes that it waited for (kernel/exit.c, wait_task_zombie()).
    ['-c', 'env "$@"; status=$?; cat /proc/$$/io; exit $status', 'sh']
      .concat(portions ? [`LD_PRELOAD=${overrideObject}`, `GUISE_TERMINAL=${pty.path}`] : [])
      .concat(['qemu-system-x86_64', '-M', 'microvm', '-accel', 'tcg', '-m', '32'])
      .concat(['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'])
      .concat(['-chardev', `serial,path=${pty.path},id=out`])
      .concat(['-device', 'isa-debugcon,chardev=out,iobase=0xe9'])
      .concat(['-device', 'isa-debug-exit,iobase=0xf4,iosize=4'])
      .concat(['-kernel', join(packageRoot, 'dist', 'guest', 'tiny.elf')])
      .concat(['-append', `cpuid=${leaves.join(',')}`]),
    { reject: false, timeout: 30_000 },
  )
  await pty.drain()
  const writes = Number(/^syscw: (\d+)$/m.exec(stdout)?.[1])
  return { status: exitCode, said: Buffer.concat(parts).toString('latin1'), writes }
}

t.test('a terminal gets every byte in a few portions, the last as QEMU ends', async t => {
  const leaves = Array.from({ length: 60 }, (_, subleaf) => `4.${subleaf.toString(16)}`)
  const bytewise = await onTerminal(leaves, false)
  const inPortions = await onTerminal(leaves, true)
  t.equal(bytewise.status, statusDone)
  t.equal(inPortions.status, statusDone)
  t.ok(bytewise.said.length > 3000, `${bytewise.said.length} bytes`)
  t.equal(inPortions.said, bytewise.said)
  t.ok(bytewise.writes > bytewise.said.length, `${bytewise.writes} writes byte by byte`)
  t.ok(
    inPortions.writes < bytewise.writes - 0.9 * bytewise.said.length,
    `${inPortions.writes} writes in portions`,
  )
})
