import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import t, { type Test } from 'tap'
import { withWorktree, type Worktree } from '../../../../images/kernel/build/worktree.js'

const { signal } = new AbortController()

/** A repository with a kernel's outline, of several commits; guise's cache beside it. */
function repository(t: Test, below = '', name = 'linux') {
  const folder = t.testdir()
  process.env.XDG_CACHE_HOME = join(folder, 'cache')
  const top = join(folder, name)
  const tree = join(top, below)
  mkdirSync(join(tree, 'arch/x86'), { recursive: true })
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', top, '-c', 'user.name=a', '-c', 'user.email=b', ...args], {
      encoding: 'utf8',
    }).trim()
  git('init', '--quiet')
  const commits = [1, 2, 3].map(number => {
    writeFileSync(join(tree, 'Makefile'), `VERSION = 6\nPATCHLEVEL = ${number}\n`)
    writeFileSync(join(tree, 'arch/x86/Kconfig'), 'the same')
    git('add', '--all')
    git('commit', '--quiet', '--message', `commit ${number}`)
    return git('rev-parse', 'HEAD')
  })
  return { top, tree, git, at: (number: number) => commits[number - 1] ?? '' }
}

const makefile = ({ path }: Worktree) => readFileSync(join(path, 'Makefile'), 'utf8')

t.test(
  "commits are checked out in guise's own, and the user's checkout is not touched",
  async t => {
    const { top, tree, git, at } = repository(t)
    // A hook of the user's, which would run at each checkout.
    const hook = join(top, '.git/hooks/post-checkout')
    mkdirSync(join(top, '.git/hooks'), { recursive: true })
    writeFileSync(hook, `#!/bin/sh\ntouch ${top}/hooked\n`, { mode: 0o755 })
    writeFileSync(join(tree, 'Makefile'), 'VERSION = 6\nPATCHLEVEL = 99\n')
    const before = git('status', '--porcelain')
    const path = await withWorktree(tree, signal, async worktree => {
      await worktree.checkOut(at(1))
      t.match(makefile(worktree), /PATCHLEVEL = 1$/m)
      await worktree.checkOut(at(2))
      t.match(makefile(worktree), /PATCHLEVEL = 2$/m)
      return worktree.path
    })
    t.not(path, tree)
    t.ok(existsSync(path), 'the next one begins where this one ended')
    t.equal(git('status', '--porcelain'), before)
    t.equal(git('rev-parse', 'HEAD'), at(3))
    t.notOk(existsSync(join(top, 'hooked')))
  },
)

t.test('a bare repository has commits, too', async t => {
  const { top, git, at } = repository(t)
  const bare = join(top, '..', 'mirror.git')
  git('clone', '--quiet', '--mirror', top, bare)
  await withWorktree(bare, signal, async worktree => {
    await worktree.checkOut(at(2))
    t.match(makefile(worktree), /PATCHLEVEL = 2$/m)
  })
  const again = await withWorktree(bare, signal, async worktree => {
    await worktree.checkOut(at(1))
    t.match(makefile(worktree), /PATCHLEVEL = 1$/m)
    return worktree.path
  })
  t.not(again, bare)
})

t.test('what a killed one left is no hindrance', async t => {
  const { tree, at } = repository(t)
  const own = await withWorktree(tree, signal, async worktree => {
    await worktree.checkOut(at(1))
    return worktree.path
  })
  const gitFolder = execFileSync('git', ['-C', own, 'rev-parse', '--absolute-git-dir'], {
    encoding: 'utf8',
  }).trim()
  writeFileSync(join(gitFolder, 'index.lock'), '')
  writeFileSync(join(own, 'Makefile'), 'half a fi')
  await withWorktree(tree, signal, async worktree => {
    await worktree.checkOut(at(3))
    t.match(makefile(worktree), /PATCHLEVEL = 3$/m)
  })
})

t.test('a repository that was made anew, and one that was moved', async t => {
  const first = repository(t)
  const { tree, top } = first
  await withWorktree(tree, signal, worktree => worktree.checkOut(first.at(1)))
  const kept = join(top, '..', 'elsewhere')
  renameSync(top, kept)
  await withWorktree(kept, signal, async worktree => {
    await worktree.checkOut(first.at(2))
    t.match(makefile(worktree), /PATCHLEVEL = 2$/m)
  })
  rmSync(join(kept, '.git'), { recursive: true })
  execFileSync('git', ['-C', kept, 'init', '--quiet'])
  execFileSync('git', ['-C', kept, 'add', '--all'])
  execFileSync('git', ['-C', kept, '-c', 'user.name=a', '-c', 'user.email=b', 'commit', '-qm', 'x'])
  await withWorktree(kept, signal, async worktree => {
    await worktree.checkOut('HEAD')
    t.match(makefile(worktree), /PATCHLEVEL = 3$/m)
  })
})

t.test("a kernel's source below the top of its repository", async t => {
  const { tree, at } = repository(t, 'src/linux')
  await withWorktree(tree, signal, async worktree => {
    t.match(worktree.path, /\/src\/linux$/)
    await worktree.checkOut(at(2))
    t.match(makefile(worktree), /PATCHLEVEL = 2$/m)
  })
})

t.test('what is no repository, or no kernel', async t => {
  const { top } = repository(t)
  rmSync(join(top, '.git'), { recursive: true })
  // Above the test's folder lies guise's own repository.
  await t.rejects(
    withWorktree('/nowhere', signal, () => Promise.resolve()),
    /no such folder/,
  )
  rmSync(join(top, 'Makefile'))
  await t.rejects(
    withWorktree(top, signal, () => Promise.resolve()),
    /no kernel source tree/,
  )
})

t.test("make takes no path with a blank: guise's own has none, whatever the user's is", async t => {
  const { tree, at } = repository(t, '', "Jane's\tlinux 6.1:\n#$ ")
  const made = await withWorktree(tree, signal, async worktree => {
    await worktree.checkOut(at(1))
    t.match(makefile(worktree), /PATCHLEVEL = 1$/m)
    return basename(worktree.path)
  })
  t.match(made, /^Jane_s_linux_6\.1_____-[0-9a-f]{12}$/)
})
