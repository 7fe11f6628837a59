import * as z from 'zod'
import { buildNestedHost, recallNestedHost } from '../../../images/nested/build.js'
import { Memo } from '../../cache/memo.js'
import type { OnProgress } from '../../../images/progress.js'
import { EnvironmentError } from '../../errors.js'
import { bootId } from '../boot-id.js'
import { startNestedHost } from './host.js'

const answers = new Memo('nested-probes', z.object({ works: z.boolean(), reason: z.string() }))

/** Whether the nested host comes up, and what it is or why not; `works` is null where that is not known. */
export interface NestedAnswer {
  readonly works: boolean | null
  readonly reason: string
}

/** How far to go to learn it: to what is remembered, to starting one that is made, or to making one and asking anew. */
export type NestedEffort = 'recall' | 'start' | 'make'

/**
 * Learns whether the nested host comes up, by starting one. A yes is remembered for this boot of the host and this
 * image; a no is asked anew, since what it lacked may be there by then.
 */
export async function probeNested(
  effort: NestedEffort,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<NestedAnswer> {
  const again = effort === 'make'
  try {
    const image = again ? await buildNestedHost({ onProgress, signal }) : await recallNestedHost()
    if (image === null) {
      const reason = 'not made yet: the first guest that needs it makes it, and so does --reprobe'
      return { works: null, reason }
    }
    const key = `${bootId()} ${image.initramfs.sha256}`
    const remembered = again ? undefined : answers.get(key)?.value
    if (remembered !== undefined) return remembered
    if (effort === 'recall') {
      const reason = 'made, and not started to look: --reprobe does, in 4 s to 2 min'
      return { works: null, reason }
    }
    onProgress({
      kind: 'note',
      text: 'starting the nested host, to learn whether it works: 4 s, or up to 2 min on a busy machine',
    })
    const host = await startNestedHost(image, { signal })
    await host.close()
    const answer = {
      works: true,
      reason: `Linux ${image.kernelVersion} with QEMU ${image.qemuVersion}`,
    }
    await answers.set(key, answer)
    return answer
  } catch (error) {
    if (signal.aborted || !(error instanceof EnvironmentError)) throw error
    return { works: false, reason: error.message }
  }
}
