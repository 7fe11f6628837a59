import { join } from 'node:path'
import { distributionOf } from '../../images/distribution/table.js'
import { commitOf, runGit } from '../../images/kernel/build/git.js'
import { readConfiguration } from '../../images/kernel/build/configuration.js'
import { withWorktree } from '../../images/kernel/build/worktree.js'
import { GitBisect } from '../bisect/git-bisect.js'
import { InputError } from '../errors.js'
import { writeResult } from '../record/results-folder.js'
import { type Asked, bisect, questionOf } from './bisect-search.js'
import { buildRevision, waitsFor } from './build-revision.js'

/** Finds a commit of a repository; its small kernels are built in a worktree of guise's own. */
export async function bisectTree(tree: string, asked: Asked): Promise<number> {
  const { options, signal } = asked
  if (distributionOf(options.good) !== undefined || distributionOf(options.bad) !== undefined)
    throw new InputError('--tree: expected revisions of it as --good and --bad, got a package')
  await readConfiguration({ config: options.config, fragments: options.kconfig })
  const subjectOf = async (id: string) => runGit(tree, ['log', '-1', '--format=%s', id], signal)
  const end = async (side: 'good' | 'bad') => {
    const id = await commitOf(tree, options[side], `--${side}`)
    return { id, subject: await subjectOf(id) }
  }
  const question = questionOf(asked, tree, { good: await end('good'), bad: await end('bad') })
  // Before another guise is waited for.
  await new GitBisect(tree, signal).check(question.good.id, question.bad.id)
  return withWorktree(
    tree,
    signal,
    async worktree => {
      const search = new GitBisect(worktree.path, signal)
      const prepare = (id: string) => buildRevision(worktree, id, options, signal)
      const keepLog = async (folder: string) => {
        writeResult(join(folder, 'bisect.log'), `${await search.log()}\n`)
      }
      const told = async (found: string) => ({
        commit: await runGit(tree, ['show', '--stat', '--format=medium', found], signal),
        parents: (await runGit(tree, ['rev-parse', `${found}^@`], signal)).split('\n'),
      })
      return bisect(question, asked, { search, subjectOf, prepare, keepLog, told })
    },
    waitsFor,
  )
}
