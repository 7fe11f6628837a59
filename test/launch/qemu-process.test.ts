import { existsSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { startQemu } from '../../runner/launch/qemu-process.js'
import { confinementMeans } from '../../runner/launch/confinement.js'
import { until } from '../fixtures/sandbox.js'

/** Starts a shell script, which finds its folder in $1. */
function start(t: Test, script: string, onStderr?: (text: string) => void) {
  const folder = t.testdir({ qemu: script })
  return {
    qemu: startQemu(['sh', join(folder, 'qemu'), folder], { onStderr }),
    at: (name: string) => join(folder, name),
  }
}

/** Whether a process is there and is no zombie. */
function lives(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

t.test('a QEMU that is gone is gone, though a child of its keeps the pipes open', async t => {
  const { qemu, at } = start(t, 'sleep 1000 & echo $! >$1/pid; echo out; echo gone >&2; exit 3')
  t.match(await qemu.exited, { code: 3, signal: null, stderr: 'gone\n', stdout: 'out\n' })
  t.notOk(lives(Number(readFileSync(at('pid'), 'utf8'))), 'and the child is gone, too')
})

t.test('so it is where the child is in a session of its own, and deaf to signals', async t => {
  const { qemu, at } = start(
    t,
    'trap "" TERM; setsid sleep 1000 & echo $! >$1/pid; echo gone >&2; exit 3',
  )
  t.match(await qemu.exited, { code: 3, stderr: 'gone\n' })
  process.kill(Number(readFileSync(at('pid'), 'utf8')), 'SIGKILL')
})

t.test('a QEMU behind a script is ended with it', async t => {
  const { qemu, at } = start(t, 'sh -c "trap : HUP; echo \\$\\$ >$1/pid; sleep 1000; :"; exit 0')
  await until(() => existsSync(at('pid')) && readFileSync(at('pid'), 'utf8') !== '')
  const pid = Number(readFileSync(at('pid'), 'utf8'))
  t.ok(lives(pid))
  qemu.end()
  t.match(await qemu.exited, { signal: 'SIGTERM' })
  t.notOk(lives(pid))
})

t.test('it is given little of the environment', async t => {
  process.env.GUISE_TEST_TOKEN = 'secret'
  t.teardown(() => delete process.env.GUISE_TEST_TOKEN)
  const { qemu } = start(t, 'env')
  const { stdout } = await qemu.exited
  t.match(stdout, /^PATH=/m)
  t.notMatch(stdout, 'secret')
  const names = stdout.split('\n').flatMap(line => /^([A-Z_]+)=/.exec(line)?.[1] ?? [])
  // The shell adds some, and the test runner what it needs in each process.
  const expected = [
    'PATH',
    'HOME',
    'LANG',
    'LD_LIBRARY_PATH',
    'TMPDIR',
    'PWD',
    'OLDPWD',
    'SHLVL',
    '_',
  ]
  t.same(
    names.filter(name => !expected.includes(name) && !/TAPJS|NODE_OPTIONS/.test(name)),
    [],
  )
})

t.test('it has a network of its own, with nothing in it', async t => {
  if ((await confinementMeans()).network === null) {
    t.pass('', { skip: 'this machine lets nobody make a network name space' })
    return
  }
  const { qemu } = start(t, 'readlink /proc/self/ns/net; tail -n +3 /proc/net/dev')
  const [own = '', ...devices] = (await qemu.exited).stdout.trim().split('\n')
  t.match(own, /^net:/)
  t.not(own, readlinkSync('/proc/self/ns/net'))
  t.same(
    devices.filter(
      line =>
        !/^\s*(lo|tunl0|sit0|ip6tnl0|gre0|gretap0|erspan0|ip_vti0|ip6_vti0|ip6gre0):/.test(line),
    ),
    [],
  )
})

t.test('what can’t be started at all says so', async t => {
  const file = join(t.testdir({ qemu: '' }), 'qemu')
  writeFileSync(file, '')
  const { code, stderr } = await startQemu([file]).exited
  t.not(code, 0)
  t.match(stderr, 'Permission denied')
})

t.test('it dies with guise, even where guise is killed', async t => {
  // The parent is a Node that starts a QEMU and is then killed.
  const folder = t.testdir()
  const pidFile = join(folder, 'pid')
  const script = join(folder, 'parent.mts')
  const source = join(process.cwd(), 'runner/launch/qemu-process.ts')
  writeFileSync(
    script,
    `import { startQemu } from '${source}'
startQemu(['sh', '-c', 'echo $$ >${pidFile}; exec sleep 1000'])
`,
  )
  const { execa } = await import('execa')
  const parent = execa('node', ['--import', 'tsx', script], { reject: false, cwd: process.cwd() })
  await until(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8') !== '')
  const pid = Number(readFileSync(pidFile, 'utf8'))
  t.ok(lives(pid))
  parent.kill('SIGKILL')
  await parent
  await until(() => !lives(pid))
  t.notOk(lives(pid))
})
