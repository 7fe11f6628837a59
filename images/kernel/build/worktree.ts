import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { basename, join, relative, resolve } from 'node:path'
import { cacheSubfolder } from '../../../runner/cache/files.js'
import { whileLocked } from '../../../runner/cache/lock.js'
import { runGit, tryGit } from './git.js'
import { openSourceTree } from './source-tree.js'

/** A checkout of a kernel's repository that is guise's own, so that the user's is never touched. */
export interface Worktree {
  /** Of the kernel's source in it. */
  readonly path: string
  /** Checks a commit out; what has not changed keeps its times, so that a build makes only the rest anew. */
  readonly checkOut: (commit: string) => Promise<void>
}

/**
 * Does work with guise's own worktree of a repository (git-worktree(1)) while nobody else has it. It stays in the cache, and with it
 * what was built of it: the next one begins where this one ended.
 *
 * @param tree - a folder of the user's repository
 * @param onWait - called where another guise has it
 * @throws InputError when it is none, or no kernel's
 */
export async function withWorktree<T>(
  tree: string,
  signal: AbortSignal,
  work: (worktree: Worktree) => Promise<T>,
  onWait?: (path: string) => void,
): Promise<T> {
  const { top, source } = await repositoryOf(tree, signal)
  const name = `${basename(top).replaceAll(/[^\w.+-]/g, '_')}-${createHash('sha256').update(top).digest('hex').slice(0, 12)}`
  const path = join(await cacheSubfolder('worktrees'), name)
  const options = { signal, onWait: () => onWait?.(path) }
  return whileLocked(`${path}.lock`, options, async () => {
    await prepare(top, path, signal)
    return work({
      path: join(path, relative(top, source)),
      checkOut: async commit => {
        await runGit(path, ['checkout', '--quiet', '--force', '--detach', commit], signal)
      },
    })
  })
}

/** The repository's folder, and that of the kernel's source in it. A bare one has no source to look at before a commit is checked out. */
async function repositoryOf(
  tree: string,
  signal: AbortSignal,
): Promise<{ top: string; source: string }> {
  const { stdout } = await tryGit(tree, ['rev-parse', '--is-bare-repository'], signal)
  if (stdout === 'true') {
    const top = await runGit(tree, ['rev-parse', '--absolute-git-dir'], signal)
    return { top, source: top }
  }
  const { path } = await openSourceTree(tree, tree)
  return {
    top: await runGit(path, ['rev-parse', '--show-toplevel'], signal),
    source: path,
  }
}

/** Makes the worktree, or what is left of one usable again. */
async function prepare(top: string, path: string, signal: AbortSignal): Promise<void> {
  const gitFolder = async () => {
    const { status, stdout } = await tryGit(path, ['rev-parse', '--absolute-git-dir'], signal)
    return status === 0 ? stdout : null
  }
  const own = existsSync(join(path, '.git')) ? await gitFolder() : null
  const common = await runGit(top, ['rev-parse', '--git-common-dir'], signal)
  if (own?.startsWith(join(resolve(top, common), 'worktrees')) === true) {
    // Left by one that was killed: whoever holds guise's lock is alone here.
    await rm(join(own, 'index.lock'), { force: true })
    await rm(join(own, 'HEAD.lock'), { force: true })
    return
  }
  // Its repository was moved, removed or made anew.
  await rm(path, { recursive: true, force: true })
  await runGit(top, ['worktree', 'prune'], signal)
  await runGit(
    top,
    ['worktree', 'add', '--quiet', '--force', '--detach', '--no-checkout', path, 'HEAD'],
    signal,
  )
}
