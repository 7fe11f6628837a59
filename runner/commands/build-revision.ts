import { buildKernel } from '../../images/kernel/build/build-kernel.js'
import type { Worktree } from '../../images/kernel/build/worktree.js'
import { noteOnStderr } from '../terminal/standard-error.js'
import type { BuildConfigOptions } from './build-options.js'
import { withSetupLine } from './setup-line.js'

/**
 * Checks a commit out in guise's own worktree, and builds its kernel.
 *
 * @returns the build folder, a KERNEL SPEC
 * @throws InputError when it does not build
 */
export async function buildRevision(
  worktree: Worktree,
  commit: string,
  { config, kconfig }: BuildConfigOptions,
  signal: AbortSignal,
): Promise<string> {
  await worktree.checkOut(commit)
  const { folder } = await withSetupLine(onProgress =>
    buildKernel(worktree.path, { config, fragments: kconfig, signal, onProgress }),
  )
  return folder
}

/** Says that another guise has the worktree. */
export function waitsFor(worktree: string): void {
  noteOnStderr(`another guise works with ${worktree}: waiting for it`)
}
