import { hypervisorNamed, hypervisorNames, hypervisors } from '../../hypervisors/table.js'
import { fidelities } from '../outcome.js'
import type { Scenario } from '../scenario.js'
import { offeredHypervisors } from './offered.js'

/** Something of a scenario that a filter looks at. */
export interface FilterField {
  /** What it is, in a word or two with its article. */
  readonly means: string
  /** Its values in a scenario: none, one or several. */
  readonly of: (scenario: Scenario) => readonly string[]
  /** The values that it may have whatever scenarios there are; undefined: those of the scenarios alone. */
  readonly always?: readonly string[]
  /** Whether no scenario can have a value beyond {@link always}. */
  readonly closed?: true
}

/** The fields of filter expressions, by name. */
export const filterFields = {
  name: { means: 'a scenario', of: ({ name }) => [name] },
  group: { means: 'a group', of: ({ groups }) => groups },
  hypervisor: {
    means: 'a hypervisor',
    of: expectedHypervisors,
    always: ['none', ...hypervisors.flatMap(({ name, title }) => [name, title])],
  },
  offers: {
    means: 'a hypervisor',
    of: offeredHypervisors,
    always: hypervisorNames,
    closed: true,
  },
  fidelity: {
    means: 'a fidelity',
    of: ({ needs }) => [needs.fidelity],
    always: fidelities,
    closed: true,
  },
} as const satisfies Record<string, FilterField>

/** The name of a field. */
export type FilterFieldName = keyof typeof filterFields

/** See {@link FilterFieldName}. */
export const filterFieldNames = Object.keys(filterFields) as FilterFieldName[]

/**
 * The hypervisors that any of a scenario's rules expects a kernel to detect, each by the kernel's own name and by guise's short one;
 * `none` where one expects that it detects none.
 */
function expectedHypervisors({ expect }: Scenario): string[] {
  const names = expect.flatMap(({ hypervisor }) =>
    hypervisor === undefined ? [] : [hypervisor, hypervisorNamed(hypervisor) ?? hypervisor],
  )
  return [...new Set(names)]
}
