import { type GitResult, runGit, tryGit } from '../../images/kernel/build/git.js'
import { InputError } from '../errors.js'
import type { Position, Search } from './means.js'

/**
 * git-bisect(1) in a worktree of guise's own. It chooses commits and keeps the log; it checks nothing out, so that a bisection that
 * was killed is only told again what was decided.
 */
export class GitBisect implements Search {
  constructor(
    private readonly worktree: string,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * Begins between two commits.
   *
   * @throws InputError for what git refuses
   */
  async start(good: string, bad: string): Promise<Position> {
    await this.end()
    return this.#told(await this.#git('start', '--no-checkout', bad, good))
  }

  /** Tells it of a commit. */
  async tell(decision: 'good' | 'bad' | 'skip', commit: string): Promise<Position> {
    return this.#told(await this.#git(decision, commit))
  }

  /** What has been told, as `git bisect replay` takes it. */
  async log(): Promise<string> {
    return runGit(this.worktree, ['bisect', 'log'], this.signal)
  }

  /** Ends it; what is checked out stays. */
  async end(): Promise<void> {
    await tryGit(this.worktree, ['bisect', 'reset', 'HEAD'], this.signal)
  }

  /**
   * Looks at the ends before anything is built of them.
   *
   * @throws InputError where the good one comes after the bad one, or is it
   */
  async check(good: string, bad: string): Promise<void> {
    const isAncestor = async (first: string, second: string) => {
      const { status } = await tryGit(
        this.worktree,
        ['merge-base', '--is-ancestor', first, second],
        this.signal,
      )
      return status === 0
    }
    if (!(await isAncestor(bad, good))) return
    const what = good === bad ? 'the same commit twice' : 'one that comes after it'
    throw new InputError(
      `--good: expected a commit before --bad (swap them to find what ended a difference), got ${what}`,
    )
  }

  #git(...args: string[]): Promise<GitResult> {
    return tryGit(this.worktree, ['bisect', ...args], this.signal)
  }

  async #told({ status, stdout, stderr }: GitResult): Promise<Position> {
    const found = /^([0-9a-f]{40,64}) is the first bad commit$/m.exec(stdout)?.[1]
    if (found !== undefined) return { found }
    if (/^There are only 'skip'ped commits left to test\.$/m.test(stdout)) {
      return { suspects: stdout.split('\n').filter(line => /^[0-9a-f]{40,64}$/.test(line)) }
    }
    if (status !== 0) throw new InputError(`git bisect: ${(stderr || stdout).trim()}`)
    const next = await runGit(this.worktree, ['rev-parse', '--verify', 'BISECT_HEAD'], this.signal)
    const stepsLeft = Number(/\(roughly (\d+) steps?\)/.exec(stdout)?.[1] ?? 0)
    return { next: next.trim(), stepsLeft }
  }
}
