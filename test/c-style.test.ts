import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import t from 'tap'
import { packageRoot } from '../runner/paths.js'

const files = ['guest', 'runner', 'scripts', 'test'].flatMap(folder =>
  readdirSync(join(packageRoot, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name)),
)
const inC = files.filter(path => /\.[ch]$/.test(path))

t.test('every file of C, assembly, make and shell names its licence in its first lines', t => {
  const licensed = files.filter(
    path =>
      /\.([chS]|sh|mk)$|\/Makefile$/.test(path) ||
      (!/\.\w+$/.test(path) && /^#!.*\b(ba)?sh\n/.test(readFileSync(path, 'utf8'))),
  )
  t.ok(licensed.length > 60)
  const line = /^(#!.*\n)?(\/\/ |\/\* |# )SPDX-License-Identifier: MIT( \*\/)?\n/
  t.same(
    licensed.filter(path => !line.test(readFileSync(path, 'utf8'))),
    [],
  )
  t.end()
})

t.test('C is formatted as .clang-format says', async t => {
  t.ok(inC.length > 40)
  const clangFormat = join(packageRoot, 'node_modules', '.bin', 'clang-format')
  const options = ['--dry-run', '-Werror', '--style=file', ...inC]
  const { stderr } = await execa(clangFormat, options, { cwd: packageRoot, reject: false })
  t.equal(stderr, '')
})
