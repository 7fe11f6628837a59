import { namesOf } from '../baseline/text.js'
import { printable } from '../terminal/printable.js'
import type { BisectEvent } from './means.js'
import { differenceWords, shortName } from './report.js'

/** What a bisection tells while it goes on, a line each. */
export function bisectLines(event: BisectEvent): string[] {
  switch (event.kind) {
    case 'targets':
      return event.targets.flatMap(({ scenario, deciding, differences }) => {
        const more = differences.filter(each => !deciding.includes(each))
        const others = more.length === 0 ? '' : `; not for ${namesOf(more)} (--until would)`
        return [
          printable(
            `looking for ${scenario}: ${deciding.map(differenceWords).join('; ')}${others}`,
          ),
        ]
      })
    case 'trying': {
      const { step, stepsLeft, leftMs } = event
      const left = leftMs === null ? '' : `, about ${inWords(leftMs)} left`
      const where = step === 0 ? 'an end' : `step ${step}, about ${stepsLeft} more after it${left}`
      return [printable(`${where}: ${shortName(event)}`)]
    }
    case 'decided': {
      const { decision, why, seconds } = event.decided
      const cost = event.again
        ? 'known from before'
        : `build ${seconds.build} s, guests ${seconds.guests} s`
      return [printable(`${decision}: ${shortName(event.decided)}: ${why} (${cost})`)]
    }
  }
}

function inWords(ms: number): string {
  const seconds = Math.round(ms / 1000)
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
}
