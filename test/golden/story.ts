import * as z from 'zod'
import { outcomeOf } from '../../runner/console/outcome.js'
import { observeInterfaces } from '../../runner/observe/observe-interfaces.js'
import { identityOf } from '../../runner/observe/identity.js'
import { logFromConsole } from '../../runner/observe/kernel-log.js'
import { detectionLines } from '../../runner/record/detection-lines.js'
import type { GuiseRecord } from '../../runner/record/schema.js'
import { factsOf } from '../hypervisors/guest.js'

/** How the guest of a console came to its end, which the console itself does not say. */
export type EndedBy = 'report' | 'itself' | 'silence' | 'deadline'

const storySchema = z.looseObject({ endedBy: z.enum(['report', 'itself', 'silence', 'deadline']) })

/** How the guest of a record came to its end. */
export function endOf({ outcome }: Pick<GuiseRecord, 'outcome'>): EndedBy {
  switch (outcome) {
    case 'reported':
      return 'report'
    case 'hang':
    case 'firmware-hang':
      return 'silence'
    case 'timeout':
      return 'deadline'
    default:
      return 'itself'
  }
}

/** The same of a story that was made before. */
export function endIn(story: string): EndedBy {
  return storySchema.parse(JSON.parse(story)).endedBy
}

/** What guise makes of a console, as pretty JSON in ASCII: of each line that is read otherwise, a line of a diff. */
export function storyOf(console: string, endedBy: EndedBy): string {
  const log = logFromConsole(console)
  const { hypervisor, paravirt } = identityOf(log)
  const adopted = observeInterfaces(factsOf({ log })).flatMap(({ id, adopted }) =>
    adopted === null ? [] : [`${id}: ${adopted.text}`],
  )
  const { outcome, reason, diedIn } = outcomeOf({
    endedBy,
    console,
    exit: { code: 0, signal: null, failedToStart: null, stderr: '', stdout: '' },
    report: { complete: endedBy === 'report', problems: [], notes: new Map() },
    ranMachine: true,
    stoppedMs: 0,
  })
  const detection = detectionLines(log)
  const story = { endedBy, outcome, reason, diedIn, hypervisor, paravirt, adopted, detection }
  const text = JSON.stringify(story, null, 2)
  // A guest's bytes are shown in terminals.
  const ascii = text.replaceAll(
    /[\u007f-\uffff]/g,
    unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return `${ascii}\n`
}
