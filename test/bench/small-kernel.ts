import { buildKernel } from '../../images/kernel/build/build-kernel.js'
import { checkBuildTools } from '../../images/kernel/build/build-tools.js'
import { EnvironmentError } from '../../runner/errors.js'
import { asLines } from '../../runner/report/setup-progress.js'
import type { Comparison } from './compare.js'

/** Runs one scenario under TCG on a kernel, to the end of its guest. */
type RunOn = (scenario: string, kernel: string) => Promise<unknown>

/**
 * The small kernel that guise builds of Debian's source, over Debian's own kernel of the same version, on the same machine
 * type. It is built where the cache does not have it, which takes minutes. A machine that cannot build it has none of these rows.
 */
export async function smallKernelBench(run: RunOn): Promise<Comparison[]> {
  const stock = 'debian:bookworm'
  try {
    await checkBuildTools()
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    process.stdout.write(`the small kernel: not measured; ${error.message}\n`)
    return []
  }
  const { folder } = await buildKernel(stock, {
    onProgress: asLines(text => process.stderr.write(`bench: ${text}\n`)),
  })
  const compared = (scenario: string, atMost: number, note = '') => ({
    name: `${scenario} on the small kernel / on the stock one${note}`,
    ours: () => run(scenario, folder),
    theirs: () => run(scenario, stock),
    atMost,
  })
  return [
    compared('hyperv', 0.5),
    // Where the TSC is a clock source whose frequency nobody states, init waits for it with the kernel, which measures it for a
    // second whatever else there is to do: tsc_refine_calibration_work() in Linux' arch/x86/kernel/tsc.c.
    compared('bare-metal', 0.8, ', each with the second in which Linux measures the TSC'),
  ]
}
