import { buildKernel } from '../../images/kernel/build/build-kernel.js'
import { describeRefused } from '../../images/kernel/build/refused-options.js'
import { resolveKernel } from '../../images/kernel/resolve.js'
import { noteOnStderr } from '../terminal/standard-error.js'
import { interruptible } from './interruptible.js'
import { withSetupLine } from './setup-line.js'
import { printJson, printPlain } from './standard-output.js'

/**
 * `guise kernel build TREE...`: builds the small kernel of each source tree, and prints its folder (a KERNEL SPEC), version and
 * SHA-256, one a line.
 */
export async function kernelBuild(
  sources: readonly string[],
  options: { json?: true },
): Promise<number> {
  return interruptible(async signal => {
    for (const source of sources) {
      const built = await withSetupLine(onProgress => buildKernel(source, { signal, onProgress }))
      const { folder, fresh, seconds, tree, vmlinux, bzImage, refused } = built
      if (fresh) noteOnStderr(`built in ${seconds} s`)
      else for (const line of [...describeRefused(built), 'nothing has changed']) noteOnStderr(line)
      const { path, release, version, sha256 } = await resolveKernel(folder, { signal })
      const images = { path, vmlinux, bzImage, sha256 }
      const entry = { spec: folder, tree, release, version, ...images, fresh, seconds, refused }
      await (options.json ? printJson(entry) : printPlain(`${folder}  ${version}  ${sha256}\n`))
    }
    return 0
  }, 'ending the build, which the next one resumes')
}
