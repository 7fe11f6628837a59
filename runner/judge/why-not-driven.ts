import type { DrivenFacts } from '../hypervisors/driven-facts.js'
import type { Observation } from '../observe/observe.js'
import type { Unmet } from './verdict.js'
import { counted } from '../terminal/counted.js'

/** Why a device that the guest drove is not seen adopted. */
export interface NotDriven {
  /** A sentence each. */
  readonly why: readonly string[]
  /** Nothing else is unmet, and it may have shown what was drawn: nobody could see it, which is no failure of the guest's. */
  readonly unseen: boolean
}

const video = 'video.vmware-svga'

/** Looks for the reasons where the interface of a driven device was to be adopted and was not. */
export function whyNotDriven(unmet: readonly Unmet[], observation: Observation): NotDriven {
  const isVideo = ({ field, want }: Unmet) => field === 'adopts' && want === video
  if (!unmet.some(isVideo)) return { why: [], unseen: false }
  const { driven = [] } = observation.facts
  const said = observation.problems.filter(problem => problem.includes(': vmware-svga: '))
  return {
    why: [...said, ...driven.flatMap(formatPicture)],
    unseen: unmet.every(isVideo) && driven.some(({ drawn, untaken }) => drawn && untaken !== null),
  }
}

/** What is wrong with the picture of a device; nothing where that is as it was drawn. */
export function formatPicture({ device, drawn, picture, untaken }: DrivenFacts): string[] {
  if (!drawn) return []
  if (picture === null) return [`no picture of ${device} could be taken: ${untaken ?? ''}`]
  const { width, height, differing, first } = picture
  if (differing === 0) return []
  const size = `${width}x${height}`
  if (first === null) return [`the picture of ${device} is ${size}, which is not what was drawn`]
  const { x, y, drawn: was, got } = first
  return [
    `the picture of ${device} differs from what was drawn in ${counted(differing, 'pixel')} of ${size}, the first at ${x},${y}: drawn ${was}, got ${got}`,
  ]
}
