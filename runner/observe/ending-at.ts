import type { Ending } from '../console/outcome.js'
import type { PlaceOfDeath } from './place-of-death.js'

/**
 * How a guest ended without a word, once it is known where: of an exception, or by staying somewhere. What was no kernel's by its
 * console alone, as one that is started by its PVH entry says nothing for long, is the kernel's where its code was seen.
 *
 * @param spoke - whether the kernel proper had said anything
 */
export function endingAt(ending: Ending, place: PlaceOfDeath, spoke: boolean): Ending {
  const { exception, where, waits } = place
  const name = place.function
  const site = name === null ? (where === 'kernel' ? 'the kernel' : nameOf[where]) : name
  if (exception !== null) {
    const words = spoke ? 'without a word' : 'before it could print'
    const how = exception.tripleFault ? ', which no handler took (a triple fault),' : ''
    const reason = `it died of ${withArticle(exception.name)} in ${site}${how || ','} ${words}`
    const early = where !== 'firmware' && (!spoke || ending.outcome === 'hang')
    return { ...ending, outcome: early ? 'early-exception' : ending.outcome, reason, diedIn: name }
  }
  if (ending.outcome === 'reset') return ending
  if (where === 'firmware')
    return { ...ending, reason: `${ending.reason}: it stays in the firmware` }
  const stays =
    waits === 'dead'
      ? `it halted for ever in ${site}`
      : waits === 'idle'
        ? `its CPUs wait for an interrupt, in ${site}`
        : waits === 'refused'
          ? `it stays in ${site}, at an instruction that never completes (${place.instruction ?? ''}): the accelerator takes its value for reserved`
          : `it stays in ${site}`
  return { ...ending, outcome: 'hang', reason: `the kernel fell silent: ${stays}`, stuckIn: name }
}

const nameOf = {
  'boot code': 'the boot code, before the kernel proper',
  firmware: 'the firmware',
} as const

function withArticle(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`
}
