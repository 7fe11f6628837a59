import { buildKernel } from '../../images/kernel/build/build-kernel.js'
import { resolveKernel } from '../../images/kernel/resolve.js'
import { startLocalGuest } from '../../runner/console/local-guest.js'
import { bareGuest } from './bare-guest.js'
import type { Comparison } from './compare.js'

/**
 * A guest of the small kernel that guise builds of Debian's source, over one of Debian's own kernel of the same version, both
 * under TCG on the same machine type. The kernel is built where the cache does not have it, which takes minutes.
 *
 * @param folder - where the consoles go
 */
export async function smallKernelBench(folder: string): Promise<Comparison> {
  const built = await buildKernel('debian:bookworm', {
    onProgress: text => process.stderr.write(`bench: ${text}\n`),
  })
  const small = await bareGuest(await resolveKernel(built.folder), 'tcg', folder)
  const stock = await bareGuest(await resolveKernel('debian:bookworm'), 'tcg', folder)
  return {
    name: 'a guest of the small kernel / of the stock kernel, to the report',
    ours: () => reported(small(startLocalGuest)),
    theirs: () => reported(stock(startLocalGuest)),
    atMost: 0.5,
  }
}

async function reported(guest: Promise<boolean>): Promise<void> {
  if (!(await guest)) throw new Error('a guest that does not report')
}
