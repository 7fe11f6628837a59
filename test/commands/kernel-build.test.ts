import t from 'tap'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Sandbox, until } from '../fixtures/sandbox.js'
import { fakeBuildTools, makeFakeTree } from '../images/kernel/build/fake-tree.js'

fakeBuildTools(t.testdir())

t.test("a compile error comes first, in the compiler's own words", async t => {
  const sandbox = await Sandbox.create(t)
  const error = 'kernel/fork.c:1:5: error: expected a spoon'
  const tree = makeFakeTree(sandbox.at('linux'), { error, warnings: 300 })
  for (const command of [
    ['kernel', 'build', tree],
    ['run', 'vmware', '--kernel', tree],
  ]) {
    const { status, stdout, stderr } = await sandbox.guise(...command)
    t.equal(status, 2)
    t.equal(stdout, '')
    t.match(
      stderr,
      new RegExp(`\n${error}\nguise: .*linux does not build \\(make .*, after \\d+ s\\)\n$`),
    )
    t.notMatch(stderr, 'a fork', 'no warning')
  }
})

t.test('a build that SIGTERM ends says so, and leaves nobody behind', async t => {
  const sandbox = await Sandbox.create(t)
  const begun = sandbox.at('begun')
  const tree = makeFakeTree(sandbox.at('linux'), { first: `touch ${begun}; exec sleep 1000` })
  const guise = sandbox.start(sandbox.command('kernel', 'build', tree))
  await until(() => existsSync(begun))
  process.kill(guise.pid, 'SIGTERM')
  const { status, stderr } = await guise.ended
  t.equal(status, 130)
  t.match(stderr, /guise: interrupted\n$/)
  await until(() => sandbox.processes().length === 0)
  t.ok(existsSync(join(tree, 'Makefile')))
})
