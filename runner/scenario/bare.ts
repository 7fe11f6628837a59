import type { Scenario } from './scenario.js'
import { defaultModel } from './cpu-schema.js'
import { scenarioSchema } from './schema.js'

/** A scenario that changes nothing: the CPU model as QEMU makes it. */
export function bareScenario(): Scenario {
  const document = scenarioSchema.parse({
    name: 'bare',
    summary: 'the CPU model as QEMU makes it',
    source: 'guise',
    expect: [{ outcome: 'reported' }],
  })
  const cpu = { ...document.cpu, model: defaultModel }
  return { ...document, cpu, file: '', text: '', hypervisorLeaves: null, steps: [] }
}
