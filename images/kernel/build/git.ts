import { execa } from 'execa'
import { withGuise } from '../../../runner/cache/child.js'
import { InputError } from '../../../runner/errors.js'

/** What became of a git command. */
export interface GitResult {
  readonly status: number
  /** Both without the last end of line. */
  readonly stdout: string
  readonly stderr: string
}

// What a user has set up for people must not change what is read, nor run: hooks, pagers, prompts, another repository.
const environment = {
  LC_ALL: 'C.UTF-8',
  LANGUAGE: 'C',
  GIT_TERMINAL_PROMPT: '0',
  GIT_PAGER: 'cat',
  GIT_DIR: undefined,
  GIT_WORK_TREE: undefined,
  GIT_INDEX_FILE: undefined,
}
const settings = ['core.hooksPath=/dev/null', 'core.fsmonitor=false', 'advice.detachedHead=false']

/** Runs git in a folder, whatever it comes to. */
export async function tryGit(
  folder: string,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<GitResult> {
  const { exitCode, stdout, stderr, shortMessage } = await execa(
    ...withGuise('git', ['-C', folder, ...settings.flatMap(each => ['-c', each]), ...args]),
    {
      reject: false,
      stdin: 'ignore',
      env: environment,
      extendEnv: true,
      maxBuffer: 2 ** 28,
      ...(signal && { cancelSignal: signal }),
    },
  )
  signal?.throwIfAborted()
  return { status: exitCode ?? 128, stdout, stderr: stderr || (shortMessage ?? '') }
}

/**
 * Runs git in a folder.
 *
 * @returns its output, without the last end of line
 * @throws InputError with what git says
 */
export async function runGit(
  folder: string,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<string> {
  const { status, stdout, stderr } = await tryGit(folder, args, signal)
  if (status === 0) return stdout
  const why = stderr.replace(/^(?:fatal|error): /, '').trim() || `status ${status}`
  throw new InputError(`${folder}: git ${args[0] ?? ''}: ${why}`)
}

/**
 * The commit that a revision means.
 *
 * @param option - what messages call it, such as `--good`
 * @returns its full hash
 * @throws InputError where the tree is no git repository, or has no such commit
 */
export async function commitOf(tree: string, revision: string, option: string): Promise<string> {
  const { status, stdout, stderr } = await tryGit(tree, [
    ...['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`],
  ])
  if (status === 0) return stdout.trim()
  const isRepository = (await tryGit(tree, ['rev-parse', '--git-dir'])).status === 0
  const why = isRepository
    ? `no such commit there`
    : `no git repository (${stderr.trim() || 'git found none'})`
  throw new InputError(`${option} ${revision}: expected a commit of ${tree}, got ${why}`)
}
