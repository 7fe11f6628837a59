import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import t from 'tap'
import { replaceFile, replaceFileSync } from '../../runner/cache/atomic-write.js'
import { packageRoot } from '../../runner/paths.js'

const forms = {
  replaceFile,
  replaceFileSync: (path: string, content: string | Uint8Array) =>
    Promise.resolve().then(() => {
      replaceFileSync(path, content)
    }),
}

for (const [name, replace] of Object.entries(forms)) {
  await t.test(`${name}: the new content stands in the place of the old`, async t => {
    const folder = t.testdir({ file: 'old' })
    const path = join(folder, 'file')
    const { ino } = statSync(path)
    await replace(path, Buffer.from('new'))
    t.equal(readFileSync(path, 'utf8'), 'new')
    t.not(statSync(path).ino, ino, 'who reads the old one reads it to its end')
    t.same(readdirSync(folder), ['file'])
  })

  await t.test(`${name}: a failure leaves what was there, and nothing else`, async t => {
    const folder = t.testdir({ taken: { file: '' } })
    await t.rejects(replace(join(folder, 'taken'), 'x'), { code: /^E(ISDIR|NOTEMPTY|EXIST)$/ })
    t.same(readdirSync(folder), ['taken'])
    await t.rejects(replace(join(folder, 'none', 'file'), 'x'), { code: 'ENOENT' })
  })
}

await t.test('a disk that runs full leaves the old content', async t => {
  const folder = t.testdir({})
  writeFileSync(join(folder, 'file'), 'old')
  // A limit of the process stands for the disk: write(2) takes what fits, and then fails.
  const script = `
    import { replaceFile, replaceFileSync } from ${JSON.stringify(join(packageRoot, 'runner/cache/atomic-write.ts'))}
    process.on('SIGXFSZ', () => {})
    const content = Buffer.alloc(3_000_000, 1)
    for (const replace of [replaceFile, async (...args) => replaceFileSync(...args)])
      await replace('file', content).then(
        () => console.log('written'),
        error => console.log(error.code),
      )`
  const tsx = join(packageRoot, 'node_modules/tsx/dist/esm/index.mjs')
  const { stdout } = await execa(
    'prlimit',
    [
      ...['--fsize=1000000', process.execPath, `--import=${tsx}`],
      ...['--input-type=module', '--eval', script],
    ],
    { cwd: folder },
  )
  t.equal(stdout, 'EFBIG\nEFBIG')
  t.equal(readFileSync(join(folder, 'file'), 'utf8'), 'old')
  t.same(readdirSync(folder), ['file'])
})
