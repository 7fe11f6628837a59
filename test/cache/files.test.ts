import { createHash } from 'node:crypto'
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { basename, extname, join } from 'node:path'
import { execa } from 'execa'
import t from 'tap'
import { packageRoot } from '../../runner/paths.js'
import { isIntact } from '../../runner/cache/intact.js'
import { cacheFolder, storeBytes, storeFile, writeAtomically } from '../../runner/cache/files.js'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

t.beforeEach(t => {
  process.env.XDG_CACHE_HOME = t.testdir()
})

t.test('the folder follows XDG', t => {
  t.equal(cacheFolder(), join(process.env.XDG_CACHE_HOME ?? '', 'guise'))
  for (const invalid of ['relative', '~/cache', '.']) {
    process.env.XDG_CACHE_HOME = invalid
    t.equal(cacheFolder(), join(homedir(), '.cache/guise'), `${invalid} counts as none`)
  }
  delete process.env.XDG_CACHE_HOME
  t.match(cacheFolder(), /\/\.cache\/guise$/)
  t.end()
})

t.test('bytes are kept under their kind, named by their content', async t => {
  const file = await storeBytes('things', '.bin', Buffer.from('content'))
  t.same(file, {
    path: join(cacheFolder(), 'things', `${sha256('content')}.bin`),
    sha256: sha256('content'),
    bytes: 7,
  })
  t.equal(readFileSync(file.path, 'utf8'), 'content')
})

t.test('a second store of the same content touches nothing; a cut file is made whole', async t => {
  const { path } = await storeBytes('things', '', Buffer.from('content'))
  utimesSync(path, 1, 1)
  await storeBytes('things', '', Buffer.from('content'))
  t.equal(statSync(path).mtimeMs, 1000)
  writeFileSync(path, 'cont')
  await storeBytes('things', '', Buffer.from('content'))
  t.equal(readFileSync(path, 'utf8'), 'content')
})

t.test('a folder in the place of a file is replaced', async t => {
  const { path } = await storeBytes('things', '', Buffer.from('content'))
  for (const store of [
    () => storeBytes('things', '', Buffer.from('content')),
    () => {
      const from = join(cacheFolder(), 'download')
      writeFileSync(from, 'content')
      return storeFile('things', '', from)
    },
  ]) {
    rmSync(path)
    mkdirSync(join(path, 'sub'), { recursive: true })
    t.equal(await isIntact(path), false)
    await store()
    t.equal(readFileSync(path, 'utf8'), 'content')
  }
})

t.test('a finished file is moved to its place', async t => {
  mkdirSync(cacheFolder())
  const from = join(cacheFolder(), 'download')
  writeFileSync(from, 'content')
  const file = await storeFile('things', '.deb', from)
  t.equal(basename(file.path), `${sha256('content')}.deb`)
  t.equal(file.bytes, 7)
  t.strictSame(readdirSync(cacheFolder()), ['things'])
})

t.test('a reader never sees a part, whoever else writes', async t => {
  const path = join(cacheFolder(), 'contended')
  const contents = ['a', 'b', 'c', 'd'].map(letter => letter.repeat(300_000))
  await writeAtomically(path, contents[0] ?? '')
  const writes = Array.from({ length: 40 }, (_, index) =>
    writeAtomically(path, contents[index % 4] ?? ''),
  )
  let torn = 0
  const reading = setInterval(() => {
    if (!contents.includes(readFileSync(path, 'utf8'))) torn++
  }, 1)
  await Promise.all(writes)
  clearInterval(reading)
  t.equal(torn, 0)
  t.strictSame(readdirSync(cacheFolder()), ['contended'], 'no temporary file is left')
})

t.test('a cache that cannot be made says which path and what to do', async t => {
  writeFileSync(join(process.env.XDG_CACHE_HOME ?? '', 'guise'), 'a file is in the way')
  await t.rejects(storeBytes('things', '', Buffer.from('x')), {
    name: 'EnvironmentError',
    message: /cannot write \S+\/guise\/things\/\w+ in guise's cache: ENOTDIR.*XDG_CACHE_HOME/,
    cause: Error,
  })
})

const asRoot = process.getuid?.() === 0 && 'root may write everywhere'
t.test('a folder without leave to write is named', { skip: asRoot }, async t => {
  const folder = process.env.XDG_CACHE_HOME ?? ''
  chmodSync(folder, 0o500)
  await t.rejects(storeBytes('things', '', Buffer.from('x')), {
    name: 'EnvironmentError',
    message: /EACCES/,
  })
  chmodSync(folder, 0o700)
})

t.test('a full disk is named, and no part of a file is left', async t => {
  const folder = process.env.XDG_CACHE_HOME ?? ''
  // A file system of 64 KiB in a mount namespace of its own.
  const script =
    'mount -t tmpfs -o size=64k none "$1" && "$2" --import "$3" "$4"; ls -A "$1/guise/things"'
  const program = join(import.meta.dirname, `fill-cache${extname(import.meta.filename)}`)
  const tsx = join(packageRoot, 'node_modules/tsx/dist/loader.mjs')
  const { stdout, stderr, exitCode } = await execa(
    'unshare',
    ['-rm', 'sh', '-c', script, 'sh', folder, process.execPath, tsx, program],
    { reject: false, env: { NODE_OPTIONS: '' } },
  )
  if (/^(unshare|mount):/m.test(stderr)) {
    t.pass('a full disk', { skip: 'this user may not make a mount namespace' })
    return
  }
  t.equal(exitCode, 0, stderr)
  t.match(
    stdout,
    /^EnvironmentError: cannot write .*\/guise\/things\/\w+ in guise's cache: ENOSPC.*Make room.*$/,
    'and nothing listed below it',
  )
})
