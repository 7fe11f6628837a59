import {
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { execFileSync, spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import t from 'tap'
import { pruneOnceADay } from '../../images/prune-cache.js'
import { cacheContents } from '../../runner/cache/contents.js'
import { lock } from '../../runner/cache/lock.js'
import { useCache } from '../../runner/cache/use.js'
import { Sandbox, until } from '../fixtures/sandbox.js'

const sandbox = await Sandbox.create(t)
const cache = sandbox.at('cache/guise')
process.env.XDG_CACHE_HOME = sandbox.at('cache')

/** Writes a file of the cache that was not used for some days, and its folder with it. */
function old(days: number, path: string, bytes = 10_000): string {
  const full = join(cache, path)
  mkdirSync(dirname(full), { recursive: true })
  writeFileSync(full, Buffer.alloc(bytes))
  const time = Date.now() / 1000 - days * 86_400
  utimesSync(full, time, time)
  if (dirname(dirname(full)) !== cache) utimesSync(dirname(full), time, time)
  return full
}

const isHeld = (path: string) => spawnSync('flock', ['--nonblock', path, 'true']).status !== 0
const has = (path: string) => existsSync(join(cache, path))

t.test('what lies there, with sizes and ages; to look is no use of it', async t => {
  old(3, 'kernels/a.vmlinuz', 5_000_000)
  old(50, 'kernels/b.vmlinuz', 3_000_000)
  old(7, 'builds/linux/Makefile', 2_000_000)
  old(100, 'memo/debian-packages/x', 100)
  symlinkSync('/', join(cache, 'kernels/link'))
  const { status, stdout } = await sandbox.guise('cache')
  t.equal(status, 0)
  t.match(stdout, /^what +items +size +unused, days$/m)
  t.match(stdout, /^builds +1 +1\.9 MiB +7 - 7 +small kernels, /m)
  t.match(stdout, /^kernels +3 +7\.6 MiB +0 - 50 +kernels out of packages$/m)
  t.match(stdout, /^memo +1 +4\.0 KiB +100 - 100 /m)
  t.match(stdout, /^all +5 +9\.\d MiB +\/.*cache\/guise$/m)
  t.equal((await sandbox.guise('cache', 'show')).stdout, stdout)
  const kinds = JSON.parse((await sandbox.guise('cache', 'show', '--json')).stdout) as {
    kind: string
    entries: { path: string; bytes: number; used: string }[]
  }[]
  t.same(
    kinds.map(({ kind }) => kind),
    ['builds', 'kernels', 'memo'],
  )
  t.match(kinds[1]?.entries[0], { path: join(cache, 'kernels/a.vmlinuz'), used: /Z$/ })
})

t.test('what was not used for long is removed, and what is used stays', async t => {
  old(40, 'builds/used/Makefile')
  old(40, 'builds/free/Makefile')
  for (const name of ['used', 'free']) old(40, `builds/${name}.lock`, 0)
  const dry = await sandbox.guise('cache', 'prune', '--dry-run')
  t.match(dry.stdout, /^4 items would be removed, \d/m)
  t.ok(has('kernels/b.vmlinuz'))
  const script = `exec 9<>${join(cache, 'builds/used.lock')}; flock 9; echo locked; sleep 100`
  const holder = sandbox.start(['bash', '-c', script])
  await until(() => isHeld(join(cache, 'builds/used.lock')))
  const { status, stdout, stderr } = await sandbox.guise('cache', 'prune')
  process.kill(holder.pid)
  t.equal(status, 0)
  t.match(stdout, /^builds +1 item, /m)
  t.match(stdout, /^kernels +1 item, 2\.9 MiB$/m)
  t.match(stdout, /^3 items removed, /m)
  t.match(stderr, /builds\/used: in use, and stays/)
  t.same(
    ['builds/used', 'builds/free', 'builds/linux', 'kernels/a.vmlinuz', 'kernels/b.vmlinuz'].map(
      has,
    ),
    [true, false, true, true, false],
  )
  await using held = await lock(join(cache, 'builds/used.lock'))
  t.ok(held.fd > 0)
  const [builds] = cacheContents(true)
  t.ok(
    (builds?.entries.find(({ path }) => path.endsWith('used'))?.usedMs ?? 0) > Date.now() - 60_000,
    'whoever works on it uses it',
  )
})

t.test('of some kinds alone, of any age; a worktree’s repository forgets it', async t => {
  const top = sandbox.at('repository')
  mkdirSync(top)
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', top, '-c', 'user.name=a', '-c', 'user.email=b', ...args], {
      encoding: 'utf8',
    })
  git('init', '--quiet')
  git('commit', '--quiet', '--allow-empty', '--message', 'x')
  mkdirSync(join(cache, 'worktrees'))
  git('worktree', 'add', '--quiet', '--detach', join(cache, 'worktrees/r'))
  const { stdout } = await sandbox.guise('cache', 'prune', 'worktrees', 'kernels', '--older', '0')
  t.match(stdout, /^3 items removed, /m)
  t.notMatch(git('worktree', 'list'), 'worktrees/r')
  t.ok(has('builds/linux'))
  t.ok(existsSync('/etc'), 'and no link is followed')
  for (const [words, message] of [
    [['prune', 'nope'], /cache prune: expected apt, builds, .* and worktrees, got `nope`/],
    [['prune', '--older', '-1'], /expected a whole number from 1, got `-1`/],
  ] as const) {
    const { status, stderr } = await sandbox.guise('cache', ...words)
    t.equal(status, 2)
    t.match(stderr, message)
  }
})

t.test('what a run that goes on has used stays', async t => {
  const used = old(0, 'initramfs/used.cpio')
  const unused = old(3, 'initramfs/unused.cpio')
  const free = await sandbox.guise('cache', 'prune', 'initramfs', '--older', '0', '--dry-run')
  t.match(free.stdout, /^2 items would be removed/m)
  const held = await useCache()
  t.not(held, null)
  const prune = await sandbox.guise('cache', 'prune', 'initramfs', '--older', '0')
  t.match(prune, { status: 0, stderr: /a run goes on, or begins: .* within the last day stays/ })
  t.same([used, unused].map(existsSync), [true, false])
  await held?.[Symbol.asyncDispose]()
  t.notOk(isHeld(join(cache, 'use.lock')))
  const slow = sandbox.writeScenarios({ slow: { steps: [{ wait: 60_000 }] } })
  const running = sandbox.start(sandbox.command(...sandbox.fakeRun(slow)))
  await until(() => isHeld(join(cache, 'use.lock')))
  process.kill(running.pid)
  await until(() => !isHeld(join(cache, 'use.lock')))
  t.equal((await sandbox.guise('cache', 'prune', 'initramfs', '--older', '0')).stderr, '')
  t.notOk(existsSync(used))
})

t.test('one that is no folder is not taken for an empty one', async t => {
  const env = { XDG_CACHE_HOME: sandbox.write('file', '') }
  for (const words of [[], ['prune']]) {
    const { status, stderr } = await sandbox.exec(sandbox.command('cache', ...words), { env })
    t.equal(status, 3)
    t.match(stderr, /expected a folder that can be read, got: /)
  }
})

t.test('a cache that is not there is empty', async t => {
  const env = { XDG_CACHE_HOME: sandbox.at('none') }
  const show = await sandbox.exec(sandbox.command('cache'), { env })
  t.match(show, { status: 0, stdout: /^all +0 +0 B/m })
  const prune = await sandbox.exec(sandbox.command('cache', 'prune'), { env })
  t.match(prune, { status: 0, stdout: '0 items removed, 0 B\n' })
})

t.test('once a day what was not used for long goes by itself', async t => {
  old(31, 'initramfs/a.cpio')
  old(29, 'initramfs/b.cpio')
  old(60, 'packages/a.deb')
  old(91, 'packages/b.deb')
  const time = Date.now() / 1000 - 200 * 86_400
  for (const name of ['used', 'unused']) {
    old(name === 'used' ? 1 : 200, `qemu/${name}/usr/bin/qemu-system-x86_64`)
    for (const folder of [`qemu/${name}/usr/bin`, `qemu/${name}/usr`, `qemu/${name}`])
      utimesSync(join(cache, folder), time, time)
  }
  await pruneOnceADay()
  t.ok(has('qemu/used'), 'a QEMU is used where its program is, and not at the top')
  t.notOk(has('qemu/unused'))
  const left = () =>
    ['initramfs/a.cpio', 'initramfs/b.cpio', 'packages/a.deb', 'packages/b.deb'].map(has)
  t.same(left(), [false, true, true, false])
  old(91, 'packages/b.deb')
  await pruneOnceADay()
  t.ok(has('packages/b.deb'), 'not twice')
  await pruneOnceADay(Date.now() + 25 * 3_600_000)
  t.notOk(has('packages/b.deb'))
  t.equal(readFileSync(join(cache, 'pruned'), 'utf8'), '')
})
