import { guestFile, readEnd } from '../record/guest-files.js'
import type { RunOnDisk } from '../record/read-run.js'
import type { GuiseRecord } from '../record/schema.js'
import { consoleTail } from './printable.js'
import type { RecordDetails } from './reporter.js'
import { isTrouble } from './summary.js'

const tailLines = 15

/** What only a person wants to see of a record, of a run that lies on the disk: nothing of one that nobody has to look into. */
export async function detailsOf(run: RunOnDisk, record: GuiseRecord): Promise<RecordDetails> {
  const path = isTrouble(record) ? guestFile(run, record, 'console') : null
  if (path === null) return { consoleTail: [] }
  return { consoleTail: consoleTail(await readEnd(path, tailLines * 1024), tailLines) }
}
