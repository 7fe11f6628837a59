import { execa } from 'execa'
import { EnvironmentError } from '../../../runner/errors.js'
import { inheriting, withGuise } from '../../../runner/cache/child.js'
import type { HeldLock } from '../../../runner/cache/lock.js'

/** What a command of Debian's tools answered. */
export interface Answer {
  readonly ok: boolean
  readonly stdout: string
  readonly stderr: string
}

/** How a tool is run. */
export interface ToolOptions {
  readonly signal?: AbortSignal | undefined
  readonly cwd?: string
  /** The lock on what it works on. */
  readonly held?: HeldLock
}

/**
 * Runs one of Debian's package tools to its end. Its own failure is an answer; see {@link explain}.
 *
 * @throws EnvironmentError when the command is not there
 */
export async function runTool(
  command: string,
  args: readonly string[],
  { signal, cwd, held }: ToolOptions = {},
): Promise<Answer> {
  const { failed, code, exitCode, stdout, stderr } = await execa(...withGuise(command, args), {
    reject: false,
    stdio: inheriting('ignore', held),
    maxBuffer: 2 ** 28,
    // Messages are looked into, and quoted to people who read English.
    env: { LC_ALL: 'C.UTF-8', LANGUAGE: 'C' },
    ...(cwd !== undefined && { cwd }),
    ...(signal && { cancelSignal: signal }),
  })
  signal?.throwIfAborted()
  if (code === 'ENOENT' || exitCode === 127) {
    throw new EnvironmentError(
      `${command} is not there: debian: kernels and QEMUs, .deb files and the nested host need a Debian-like system. A kernel can be given as the path of a bzImage or vmlinux instead`,
    )
  }
  return { ok: !failed, stdout, stderr }
}

/** apt's own errors, without the last one that only sums them up. */
export function errorsIn({ stderr }: Answer): string[] {
  return [...stderr.matchAll(/^E: (?!Some index files failed)(.*)$/gm)].map(([, text = '']) =>
    text.trim(),
  )
}

/** What went wrong, in one line: apt's errors, or else the tool's last words. */
export function explain(answer: Answer): string {
  const errors = errorsIn(answer)
  const lastWords = answer.stderr
    .split('\n')
    .filter(line => line.trim() !== '')
    .slice(-2)
  return (errors.length > 0 ? errors : lastWords).join('; ') || 'it gave no reason'
}
