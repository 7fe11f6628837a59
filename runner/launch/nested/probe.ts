import * as z from 'zod'
import { buildNestedHost, recallNestedHost } from '../../../images/nested/build.js'
import { Memo } from '../../../images/memo.js'
import type { OnProgress } from '../../../images/progress.js'
import { EnvironmentError } from '../../errors.js'
import { bootId } from '../boot-id.js'
import { startNestedHost } from './host.js'

const answers = new Memo('nested-probes', z.object({ works: z.boolean(), reason: z.string() }))

/**
 * Learns whether the nested host comes up, by starting one. A yes is remembered for this boot of the host and this
 * image; a no is asked anew, since what it lacked may be there by then.
 *
 * @param again - makes it where it was not made yet, and asks anew whatever is remembered
 * @returns `works` is null where it was not made yet
 */
export async function probeNested(
  again: boolean,
  onProgress: OnProgress,
): Promise<{ works: boolean | null; reason: string }> {
  try {
    const image = again ? await buildNestedHost({ onProgress }) : await recallNestedHost()
    if (image === null) {
      const reason = 'not made yet: the first guest that needs it makes it, and so does --reprobe'
      return { works: null, reason }
    }
    const key = `${bootId()} ${image.initramfs.sha256}`
    const remembered = again ? undefined : answers.recall(key)?.value
    if (remembered !== undefined) return remembered
    onProgress({ kind: 'note', text: 'starting the nested host' })
    const host = await startNestedHost(image)
    await host.close()
    const answer = {
      works: true,
      reason: `Linux ${image.kernelVersion} with QEMU ${image.qemuVersion}`,
    }
    await answers.record(key, answer)
    return answer
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    return { works: false, reason: error.message }
  }
}
