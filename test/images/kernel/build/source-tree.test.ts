import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execaSync } from 'execa'
import t from 'tap'
import { openSourceTree, treeState } from '../../../../images/kernel/build/source-tree.js'
import { makeFakeTree } from './fake-tree.js'

const git = (tree: string, ...args: string[]) =>
  execaSync('git', ['-C', tree, '-c', 'user.name=n', '-c', 'user.email=e', ...args])

t.test('the version is the Makefile’s', async t => {
  const tree = makeFakeTree(t.testdir(), { version: [5, 10, 0] })
  t.match(await openSourceTree(tree, 'linux'), { path: tree, version: '5.10.0' })
})

t.test('the state of a plain tree is that of its files', async t => {
  const path = makeFakeTree(join(t.testdir(), 'linux'))
  const tree = await openSourceTree(path, 'linux')
  const first = await treeState(tree)
  t.equal(await treeState(tree), first)
  utimesSync(join(path, 'kernel/fork.c'), 1, 1)
  const touched = await treeState(tree)
  t.not(touched, first)
  writeFileSync(join(path, 'kernel/new.c'), '')
  t.not(await treeState(tree), touched)
})

t.test('of a git tree every file counts, also one that .gitignore names', async t => {
  const path = makeFakeTree(join(t.testdir(), 'linux'))
  git(path, 'init', '-q')
  git(path, 'add', '.')
  git(path, 'commit', '-qm', 'first')
  // As Debian's linux-source has it.
  writeFileSync(join(path, '.gitignore'), '/*\n')
  const tree = await openSourceTree(path, 'linux')
  const states = [await treeState(tree)]
  mkdirSync(join(path, 'new'))
  writeFileSync(join(path, 'new/file.c'), 'a')
  states.push(await treeState(tree))
  writeFileSync(join(path, 'new/file.c'), 'longer')
  states.push(await treeState(tree))
  symlinkSync('file.c', join(path, 'new/link.c'))
  states.push(await treeState(tree))
  t.equal(new Set(states).size, states.length)
  git(path, 'add', '-f', '.')
  t.equal(await treeState(tree), states.at(-1), "git's own files are none of the tree's")
})
