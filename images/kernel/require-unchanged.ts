import { EnvironmentError } from '../../runner/errors.js'
import { inspectImage } from './image.js'
import type { Kernel } from './kernel.js'

/**
 * Makes sure that the image of a kernel is still the one that was found: who builds it anew while guests run would have a record that
 * names one kernel and tells of another. An image that nobody touched is not read again.
 *
 * @throws EnvironmentError where it is another now, or none
 */
export async function requireUnchanged({
  spec,
  path,
  sha256,
}: Pick<Kernel, 'spec' | 'path' | 'sha256'>): Promise<void> {
  const short = (digest: string) => `sha256 ${digest.slice(0, 12)}`
  const found = await inspectImage(path, spec).catch((error: unknown) => error as Error)
  if (!(found instanceof Error) && found.sha256 === sha256) return
  const got = found instanceof Error ? `: ${found.message}` : ` another (${short(found.sha256)})`
  throw new EnvironmentError(
    `kernel ${spec}: expected the image that the run began with (${short(sha256)}), got${got}; it was changed while guests ran`,
  )
}
