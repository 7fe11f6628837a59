import type { Kernel } from '../../images/kernel/kernel.js'
import { resolveKernel } from '../../images/kernel/resolve.js'
import type { OnProgress } from '../../images/progress.js'
import type { FullRunOptions } from './options.js'

/**
 * The kernels of a run, each once: two specs may mean the same.
 *
 * @throws InputError for a file that is no kernel, EnvironmentError where one can't be had
 */
export async function resolveKernels(
  { kernels, signal }: Pick<FullRunOptions, 'kernels' | 'signal'>,
  onProgress: OnProgress,
): Promise<Kernel[]> {
  const found = new Map<string, Kernel>()
  for (const spec of kernels) {
    const kernel = await resolveKernel(spec, { signal, onProgress })
    if (!found.has(kernel.sha256)) found.set(kernel.sha256, kernel)
  }
  return [...found.values()]
}
