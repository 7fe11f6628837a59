import { existsSync, readFileSync } from 'node:fs'
import { once } from 'node:events'
import { spawn } from 'node:child_process'
import t, { type Test } from 'tap'
import { rightsArguments } from '../../runner/launch/sandbox.js'
import { findQemu } from '../../runner/launch/qemu.js'
import { confineProgram, overrideObject } from '../../runner/paths.js'

// A QEMU that gives up root's rights, whose parent is killed: runner/native/parent.c.

const until = async (holds: () => boolean, ms: number) => {
  const end = Date.now() + ms
  while (!holds() && Date.now() < end) await new Promise(resolve => setTimeout(resolve, 20))
  return holds()
}

/** Whether a process lives: a zombie whose parent does not ask is none. */
const lives = (pid: number) =>
  existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'))

/** Starts a QEMU without a machine, kills its parent, and says whether it lives on. */
async function outlives(t: Test, environment: readonly string[]): Promise<boolean> {
  const { command, version } = await findQemu()
  const empty = ['-machine', 'none', '-nodefaults', '-display', 'none']
  const words = ['env', ...environment, ...command, ...empty, ...rightsArguments(version)]
  const script = `'${confineProgram}' $$ 0 "$@" & echo $!; wait`
  const parent = spawn('sh', ['-c', script, 'sh', ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(parent.stdout, 'data')) as [Buffer]
  const pid = Number(String(line))
  t.teardown(() => {
    if (lives(pid)) process.kill(pid, 'SIGKILL')
  })
  const status = () => readFileSync(`/proc/${pid}/status`, 'latin1')
  t.ok(await until(() => /^Uid:\t65534\t65534\t65534\t65534$/m.test(status()), 30_000), 'nobody')
  t.match(status(), /^Gid:\t65534\t65534\t65534\t65534$/m)
  // The main loop comes behind the change of user, in the same thread; it waits for nothing there is.
  t.ok(await until(() => /^State:\s+S/m.test(status()), 30_000), 'waits')
  parent.kill('SIGKILL')
  await once(parent, 'exit')
  return !(await until(() => !lives(pid), environment.length > 1 ? 30_000 : 1000))
}

t.test('it dies with its parent all the same, which the kernel alone would not see to', async t => {
  if (process.geteuid?.() !== 0) {
    t.pass('', { skip: 'not root' })
    return
  }
  t.equal(await outlives(t, [`LD_PRELOAD=${overrideObject}`, 'GUISE_PARENT=1']), false)
  t.equal(await outlives(t, ['LANG=C']), true)
})
