import { findDeath } from '../../runner/console/kernel-lines.js'
import { observeInterfaces } from '../../runner/observe/observe-interfaces.js'
import { identityOf } from '../../runner/observe/identity.js'
import { logFromConsole } from '../../runner/observe/kernel-log.js'
import { detectionLines } from '../../runner/record/detection-lines.js'
import { factsOf } from '../hypervisors/guest.js'

/** What guise makes of a console alone, as pretty JSON: of each line that is read otherwise, a line of a diff. */
export function storyOf(console: string): string {
  const log = logFromConsole(console)
  const { hypervisor, paravirt } = identityOf(log)
  const adopted = observeInterfaces(factsOf({ log })).flatMap(({ id, adopted }) =>
    adopted === null ? [] : [`${id}: ${adopted.text}`],
  )
  const story = {
    death: findDeath(console),
    hypervisor,
    paravirt,
    adopted,
    detection: detectionLines(log),
  }
  return `${JSON.stringify(story, null, 2)}\n`
}
