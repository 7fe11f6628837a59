import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { commitOf } from '../../images/kernel/build/git.js'
import { GitBisect } from '../../runner/bisect/git-bisect.js'

function repository(t: Test, commits: number) {
  const folder = t.testdir()
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=b', ...args], {
      encoding: 'utf8',
    }).trim()
  git('init', '--quiet')
  const hashes = Array.from({ length: commits }, (_, number) => {
    writeFileSync(join(folder, 'file'), String(number))
    git('add', 'file')
    git('commit', '--quiet', '--message', `commit ${number}`)
    return git('rev-parse', 'HEAD')
  })
  const search = new GitBisect(folder, new AbortController().signal)
  return { folder, git, hashes, search, at: (number: number) => hashes[number] ?? '' }
}

t.test('it finds the commit, and what was decided can be told again', async t => {
  const { hashes, search, at, git } = repository(t, 10)
  const culprit = 6
  const told: ['good' | 'bad', string][] = []
  let position = await search.start(at(0), at(9))
  while ('next' in position) {
    const { next } = position
    t.ok(position.stepsLeft <= 3)
    const decision = hashes.indexOf(next) >= culprit ? 'bad' : 'good'
    told.push([decision, next])
    position = await search.tell(decision, next)
  }
  t.same(position, { found: at(culprit) })
  t.match(await search.log(), /^# first bad commit: /m)
  await search.start(at(0), at(9))
  for (const [decision, commit] of told.slice(0, -1)) await search.tell(decision, commit)
  t.same(await search.tell(...(told.at(-1) ?? ['good', ''])), { found: at(culprit) })
  t.equal(git('rev-parse', 'HEAD'), at(9), 'nothing is checked out')
  await search.end()
  t.equal(git('for-each-ref', 'refs/bisect'), '')
})

t.test('only what was skipped is left', async t => {
  const { search, at } = repository(t, 4)
  let position = await search.start(at(0), at(3))
  while ('next' in position) position = await search.tell('skip', position.next)
  t.same('suspects' in position && [...position.suspects].sort(), [at(1), at(2), at(3)].sort())
})

t.test('neighbours need no step', async t => {
  const { search, at } = repository(t, 2)
  t.same(await search.start(at(0), at(1)), { found: at(1) })
})

t.test('ends that are the wrong way around, or one', async t => {
  const { search, at } = repository(t, 3)
  await t.rejects(search.check(at(2), at(0)), /expected a commit before --bad .*comes after it/)
  await t.rejects(search.check(at(2), at(2)), /the same commit twice/)
})

t.test('what is no commit', async t => {
  const { folder, at } = repository(t, 1)
  t.equal(await commitOf(folder, 'HEAD', '--good'), at(0))
  await t.rejects(
    commitOf(folder, 'x', '--good'),
    /^--good x: expected a commit of .*no such commit/,
  )
  await t.rejects(commitOf(folder, '--all', '--bad'), /^--bad --all: expected a commit/)
  await t.rejects(commitOf('/', 'HEAD', '--bad'), /^--bad HEAD: .*got no git repository/)
})
