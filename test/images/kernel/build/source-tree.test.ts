import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
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

t.test('the state of a git tree is its commit and what differs from it', async t => {
  const path = makeFakeTree(join(t.testdir(), 'linux'))
  git(path, 'init', '-q')
  git(path, 'add', '.')
  git(path, 'commit', '-qm', 'first')
  const tree = await openSourceTree(path, 'linux')
  const states = [await treeState(tree)]
  t.match(states[0], /^git [0-9a-f]{40} [0-9a-f]{64}$/)
  utimesSync(join(path, 'kernel/fork.c'), 1, 1)
  t.equal(await treeState(tree), states[0], 'times are nothing to git')
  writeFileSync(join(path, 'kernel/fork.c'), 'int spoon;\n')
  states.push(await treeState(tree))
  mkdirSync(join(path, 'new'))
  writeFileSync(join(path, 'new/file.c'), 'a')
  states.push(await treeState(tree))
  writeFileSync(join(path, 'new/file.c'), 'b')
  states.push(await treeState(tree))
  git(path, 'add', '.')
  git(path, 'commit', '-qm', 'second')
  states.push(await treeState(tree))
  t.equal(new Set(states).size, states.length)
})
