import { execFileSync } from 'node:child_process'
import { appendFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A commit of a repository that a test makes. */
export interface TestCommit {
  /** The first line of its message. */
  readonly subject: string
  /** The file that it changes. */
  readonly file: string
  /** What is replaced, and by what; a comment at the file's end where it is missing. */
  readonly change?: readonly [from: string, to: string]
}

/**
 * Makes a git repository of a kernel's source, and branches of some commits on top of it; what is checked out is the first.
 *
 * @param folder - is made
 * @returns the hash of the commit that the branches begin at
 */
export function makeRepository(
  source: string,
  folder: string,
  branches: Readonly<Record<string, readonly TestCommit[]>>,
): string {
  cpSync(source, folder, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true })
  const git = (...args: string[]) =>
    execFileSync(
      'git',
      ['-C', folder, '-c', 'user.name=A Tester', '-c', 'user.email=tester@example.org', ...args],
      { encoding: 'utf8', maxBuffer: 2 ** 26, stdio: ['ignore', 'pipe', 'inherit'] },
    ).trim()
  const commit = (subject: string) => git('commit', '--quiet', '--message', subject)
  git('init', '--quiet', '--initial-branch=base')
  git('config', 'user.name', 'A Tester')
  git('config', 'user.email', 'tester@example.org')
  git('config', 'gc.auto', '0')
  // Debian's source has a .gitignore of everything.
  git('add', '--all', '--force')
  commit('Linux')
  for (const [branch, commits] of Object.entries(branches)) {
    git('checkout', '--quiet', '-b', branch, 'base')
    for (const { subject, file, change } of commits) {
      const path = join(folder, file)
      if (change === undefined) appendFileSync(path, `/* ${subject} */\n`)
      else {
        const text = readFileSync(path, 'utf8')
        if (text.split(change[0]).length !== 2)
          throw new Error(`${file}: expected \`${change[0]}\` once`)
        writeFileSync(
          path,
          text.replace(change[0], () => change[1]),
        )
      }
      git('add', '--force', file)
      commit(subject)
    }
  }
  git('checkout', '--quiet', Object.keys(branches)[0] ?? 'base')
  return git('rev-parse', 'base')
}
