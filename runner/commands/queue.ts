import { InputError } from '../errors.js'
import { parseQueueUrl, type QueueUrl } from '../fleet/queue-url.js'
import type { OpenSite } from '../run/guest-site.js'
import type { GuestOptions } from './run-options.js'

/** How many guests of a run are in a queue at a time, where nobody says: enough for a hundred machines. */
const usualWindow = 512

/** How long a worker may be silent until its guest is another's, in seconds, for whoever asks after it. */
export const usualLostAfter = 20

/**
 * The queue that `--queue` means.
 *
 * @param asked - true: that of GUISE_QUEUE, which nobody reads off a list of processes
 * @throws InputError where it means none
 */
export function queueOfOption(asked: true | string): QueueUrl {
  const url = asked === true ? process.env.GUISE_QUEUE : asked
  if (url === undefined || url === '')
    throw new InputError('--queue: expected a URL, or one in GUISE_QUEUE, got none')
  return parseQueueUrl(url)
}

/** The options of a run that bear on its queue, as commander gives them. */
export interface QueueOptions extends Pick<GuestOptions, 'jobs' | 'qemu' | 'allowHostFiles'> {
  /** Whose workers run the guests; true: the one that GUISE_QUEUE names. */
  readonly queue?: true | string
  /** How long the queue’s server or a worker may be away, in seconds. */
  readonly queueWait?: number
  readonly dryRun?: true
}

/**
 * The site of a run that is given to workers; undefined without `--queue`.
 *
 * @throws InputError for options that have no meaning there
 */
export async function queueSite(options: QueueOptions): Promise<OpenSite | undefined> {
  const { queue, queueWait = 60, jobs, qemu } = options
  if (queue === undefined) return undefined
  const url = queueOfOption(queue)
  if (options.dryRun === true) throw refused('--dry-run')
  if (options.allowHostFiles === true) throw refused('--allow-host-files')
  if (qemu?.includes('/') === true) throw refused('--qemu with a path, which is a worker’s own')
  const { FleetSite } = await import('../fleet/fleet-site.js')
  const fleet = {
    url,
    window: jobs ?? usualWindow,
    waitMs: queueWait * 1000,
    lostAfterMs: usualLostAfter * 1000,
  }
  return request => FleetSite.open(fleet, request)
}

function refused(what: string): InputError {
  return new InputError(`--queue: expected no ${what} beside it, got both`)
}
