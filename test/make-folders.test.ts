import { statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { makeFolders } from '../runner/make-folders.js'

t.test('makes what is missing, and leaves what is there', t => {
  const path = join(t.testdir(), 'a', '..', 'b', 'c')
  makeFolders(path)
  makeFolders(path)
  t.ok(statSync(path).isDirectory())
  t.end()
})

t.test('a symbolic link to a folder is one', t => {
  const folder = t.testdir({ target: {} })
  symlinkSync('target', join(folder, 'link'))
  makeFolders(join(folder, 'link', 'inner'))
  t.ok(statSync(join(folder, 'target', 'inner')).isDirectory())
  t.end()
})

t.test('what can not be a folder is said at once', t => {
  const folder = t.testdir()
  writeFileSync(join(folder, 'file'), '')
  symlinkSync('nowhere', join(folder, 'dangling'))
  const wrong: Record<string, RegExp> = {
    '/proc/x': /ENOENT/,
    '/proc/x/y/z': /ENOENT/,
    '/proc/self/fd/x': /ENOENT/,
    '/dev/null/x': /ENOTDIR|EEXIST/,
    [join(folder, 'file')]: /EEXIST/,
    [join(folder, 'file', 'x')]: /ENOTDIR|EEXIST/,
    [join(folder, 'dangling')]: /EEXIST/,
    [join(folder, 'dangling', 'x')]: /EEXIST/,
    '': /ENOENT/,
  }
  for (const [path, code] of Object.entries(wrong))
    t.throws(
      () => {
        makeFolders(path)
      },
      { code },
      path,
    )
  t.end()
})
