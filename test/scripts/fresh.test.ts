import { execa } from 'execa'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { packageRoot } from '../../runner/paths.js'
import { temporaryFolder } from '../../runner/temporary-folder.js'

const fresh = join(packageRoot, 'scripts/fresh')

/** Why no view can be made here, or undefined; containers may be root and still not mount. */
async function obstacle(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'needs root'
  const { failed, stderr } = await execa('unshare', ['--mount', '--pid', '--fork', 'true'], {
    reject: false,
  })
  return failed ? `no namespaces: ${stderr}` : undefined
}

const mounts = async () => readFile('/proc/self/mountinfo', 'utf8')

const skip = await obstacle()

t.test('a fresh machine inside, and this one untouched', { skip: skip ?? false }, async t => {
  await using folder = await temporaryFolder('fresh')
  await writeFile(join(folder.path, 'kept'), 'as it was')
  const before = await mounts()
  const command = `
    for program in qemu-system-x86_64 gcc musl-gcc shellcheck node npm git apt-get; do
      type -P $program >/dev/null && echo "$program is there"
    done
    for folder in node_modules dist; do [ ! -e ${packageRoot}/$folder ] || echo "$folder is there"; done
    [ "$(find /proc -maxdepth 1 -name '[0-9]*' | wc -l)" -lt 6 ] && echo 'alone'
    echo changed > kept
    cat kept
    pwd
    sleep 7654 &
    exit 42`
  const { exitCode, stdout, stderr } = await execa(fresh, ['bash', '-c', command], {
    cwd: folder.path,
    reject: false,
  })
  t.equal(exitCode, 42, stderr)
  t.match(stderr, /^fresh: purged .*qemu-system-x86/m)
  t.same(stdout.split('\n'), [
    ...['node is there', 'npm is there', 'git is there', 'apt-get is there', 'alone', 'changed'],
    folder.path,
  ])
  t.equal(await readFile(join(folder.path, 'kept'), 'utf8'), 'as it was')
  t.equal((await execa('qemu-system-x86_64', ['--version'])).exitCode, 0, 'QEMU is still outside')
  t.equal(await mounts(), before)
})

t.test('kill -9 takes the whole view with it', { skip: skip ?? false }, async t => {
  const before = await mounts()
  const sleep = `sleep 7653.${process.pid}` // a command line that is this test's alone
  const run = execa(fresh, ['bash', '-c', `echo up; exec ${sleep}`], { reject: false })
  for await (const line of run) {
    if (line !== 'up') continue
    run.kill('SIGKILL')
  }
  await run
  await setTimeout(500)
  t.notOk(await isRunning(sleep))
  t.equal(await mounts(), before)
})

t.test('no command, no view', async t => {
  t.match(await execa(fresh, { reject: false }), { exitCode: 2, stderr: 'usage: scripts/fresh' })
})

t.test('only root can make one', { skip: skip ?? false }, async t => {
  const nobody = execa('setpriv', ['--reuid=65534', '--clear-groups', fresh, 'true'], {
    reject: false,
  })
  t.match(await nobody, { exitCode: 3, stderr: 'by root only' })
})

async function isRunning(commandLine: string): Promise<boolean> {
  const { stdout } = await execa('ps', ['-eo', 'args'])
  return stdout.split('\n').includes(commandLine)
}
