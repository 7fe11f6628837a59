import type { Scenario } from './scenario.js'
import { scenarioSchema } from './schema.js'

/** A scenario that changes nothing: the CPU model as QEMU makes it. */
export function bareScenario(): Scenario {
  const document = scenarioSchema.parse({
    name: 'bare',
    summary: 'the CPU model as QEMU makes it',
    source: 'guise',
    expect: [{ outcome: 'reported' }],
  })
  return { ...document, file: '', text: '', hypervisorLeaves: null, steps: [] }
}
