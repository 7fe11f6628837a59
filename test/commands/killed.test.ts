import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { execa } from 'execa'
import t from 'tap'
import { Sandbox, type StartedCommand, until } from '../fixtures/sandbox.js'
import { fakeBuildTools, makeFakeTree } from '../images/kernel/build/fake-tree.js'
import { makeArchive, setMachineSources } from '../images/distribution/debian/fake-archive.js'

// What works on the cache either dies with a guise that is killed, or keeps the next one out.

fakeBuildTools(t.testdir())

const isFree = async (lock: string) =>
  !(await execa('flock', ['--nonblock', lock, 'true'], { reject: false })).failed

const isThere = (pid: string) => existsSync(`/proc/${pid}/exe`)

/** Waits for a child that writes down its id, kills guise, and gives the id. */
async function killOnceThere(guise: StartedCommand, pidFile: string): Promise<string> {
  const read = () => (existsSync(pidFile) ? readFileSync(pidFile, 'utf8').trim() : '')
  await until(() => read() !== '')
  process.kill(guise.pid, 'SIGKILL')
  await guise.ended
  return read()
}

t.test('apt is gone with a fetch that is killed', async t => {
  const sandbox = await Sandbox.create(t)
  const archive = makeArchive(sandbox.path, { bookworm: [] })
  setMachineSources(sandbox.path, { 'a.list': `deb [trusted=yes] ${archive} bookworm main\n` })
  const pidFile = sandbox.at('pid')
  const { stdout: real } = await execa('which', ['apt-get'])
  const script = `case "$*" in *update*) echo $$ >${pidFile}; exec sleep 1000;; esac\nexec ${real} "$@"`
  await execa('chmod', ['+x', sandbox.write('bin/apt-get', `#!/bin/sh\n${script}\n`)])
  const guise = sandbox.start(sandbox.command('kernel', 'fetch', 'debian:bookworm'), {
    env: { PATH: `${sandbox.at('bin')}:${process.env.PATH ?? ''}` },
  })
  const apt = await killOnceThere(guise, pidFile)
  await until(() => !isThere(apt))
  t.ok(await isFree(sandbox.at('cache/guise/apt/bookworm/lock')))
})

t.test("a compiler that survives keeps the build's lock", async t => {
  const sandbox = await Sandbox.create(t)
  const pidFile = sandbox.at('pid')
  const first = `echo $$$$ >${pidFile}; exec sleep 1000`
  const tree = makeFakeTree(sandbox.at('linux'), { first })
  const guise = sandbox.start(sandbox.command('kernel', 'build', tree))
  const compiler = await killOnceThere(guise, pidFile)
  const builds = sandbox.at('cache/guise/builds')
  const lock = readdirSync(builds).find(name => name.endsWith('.lock')) ?? ''
  t.ok(isThere(compiler))
  t.notOk(await isFree(`${builds}/${lock}`))
  process.kill(Number(compiler), 'SIGKILL')
  await until(() => !isThere(compiler))
  t.ok(await isFree(`${builds}/${lock}`))
})
