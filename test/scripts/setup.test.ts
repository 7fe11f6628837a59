import { execa } from 'execa'
import { mkdir, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { checkout } from './checkout.js'

/** Fills a folder with links to the system's programs but for some, to be a PATH on which these are not installed. */
async function pathWithout(folder: string, ...absent: string[]): Promise<string> {
  const path = join(folder, 'bin')
  await mkdir(path)
  for (const program of await readdir('/usr/bin'))
    if (!absent.includes(program)) await symlink(join('/usr/bin', program), join(path, program))
  return path
}

/** Runs set-up as the user nobody, who may install nothing. */
const asNobody = async (folder: string, path: string) =>
  execa('setpriv', ['--reuid=65534', '--clear-groups', join(folder, 'scripts/setup')], {
    env: { PATH: path, HOME: '/nonexistent' },
    reject: false,
  })

const needsRoot = process.getuid?.() === 0 ? {} : { skip: 'only root may become another user' }

t.test('what is up to date is left alone, in silence', async t => {
  await using folder = await checkout({ 'build:ts': 'exit 1' })
  const { exitCode, all } = await execa(join(folder.path, 'scripts/setup'), {
    reject: false,
    all: true,
  })
  t.equal(exitCode, 0, all)
  t.equal(all, '')
})

t.test('a source that is newer than the build is built, once', async t => {
  await using folder = await checkout({ 'build:ts': 'echo built >> log' })
  const past = Date.now() / 1000 - 60
  await utimes(join(folder.path, 'dist/.built'), past, past)
  const first = await execa(join(folder.path, 'scripts/setup'))
  t.equal(first.stderr, 'guise: building the TypeScript')
  const second = await execa(join(folder.path, 'scripts/setup'))
  t.equal(second.stderr, '')
  t.equal(await readFile(join(folder.path, 'log'), 'utf8'), 'built\n')
})

t.test('C that is out of date is built', async t => {
  await using folder = await checkout()
  await writeFile(join(folder.path, 'guest/Makefile'), 'init:\n\ttouch init\n')
  const { stderr } = await execa(join(folder.path, 'scripts/setup'))
  t.equal(stderr, 'guise: building the C of guest')
  t.ok((await readdir(join(folder.path, 'guest'))).includes('init'))
})

t.test('a step that fails shows its output and its name', async t => {
  await using folder = await checkout({ 'build:ts': 'echo main.ts: error TS2304; exit 2' })
  await rm(join(folder.path, 'dist/cli/main.cjs'))
  const { exitCode, stderr } = await execa(join(folder.path, 'scripts/setup'), { reject: false })
  t.equal(exitCode, 3)
  t.match(stderr, 'main.ts: error TS2304')
  t.match(stderr, 'guise: this step failed (status 2): building the TypeScript')
})

t.test('Node modules are current when the two lockfiles agree', async t => {
  await using folder = await checkout()
  const current = async () => {
    const script = join(folder.path, 'scripts/modules-current.js')
    return (await execa(script, { cwd: folder.path, reject: false })).exitCode
  }
  const install = async (packages: object) =>
    writeFile(join(folder.path, 'node_modules/.package-lock.json'), JSON.stringify({ packages }))
  t.equal(await current(), 0, 'though an optional one is absent')
  await install({ 'node_modules/tap-parser': { version: '0.9.0' } })
  t.equal(await current(), 1, 'another version')
  await install({})
  t.equal(await current(), 1, 'one too few')
  await install({ 'node_modules/tap-parser': { version: '1.0.0' }, 'node_modules/more': {} })
  t.equal(await current(), 1, 'one too many')
  await rm(join(folder.path, 'node_modules/.package-lock.json'))
  t.equal(await current(), 1, 'nothing installed')
})

t.test('who is not root gets the one line to run', needsRoot, async t => {
  await using folder = await checkout()
  await execa('chmod', ['a+rx', folder.path])
  const path = await pathWithout(folder.path, 'qemu-system-x86_64', 'cpuid', 'shellcheck')
  const { exitCode, stderr } = await asNobody(folder.path, path)
  t.equal(exitCode, 3, stderr)
  t.equal(
    stderr,
    'guise: system packages are missing; install them with: sudo apt-get update && ' +
      'sudo apt-get install --yes --no-install-recommends qemu-system-x86 cpuid',
    'shellcheck is for scripts/check alone',
  )
})

t.test('a system without apt-get gets the names', async t => {
  await using folder = await checkout()
  const path = await pathWithout(folder.path, 'qemu-system-x86_64', 'musl-gcc', 'apt-get')
  const { exitCode, stderr } = await execa(join(folder.path, 'scripts/setup'), {
    env: { PATH: path },
    reject: false,
  })
  t.equal(exitCode, 3, stderr)
  t.match(stderr, /no apt-get.*: qemu-system-x86 musl-tools$/)
})

t.test('a Node that is absent or too old is named', async t => {
  await using folder = await checkout()
  const path = await pathWithout(folder.path, 'node')
  const setup = async () =>
    execa(join(folder.path, 'scripts/setup'), { env: { PATH: path }, reject: false })
  t.match(await setup(), { exitCode: 3, stderr: 'node is missing: guise needs Node 20.15' })
  await writeFile(join(path, 'node'), '#!/bin/sh\necho v20.9.0\n', { mode: 0o755 })
  t.match(await setup(), { exitCode: 3, stderr: 'Node is v20.9.0, and guise needs 20.15' })
})
