import * as z from 'zod'
import { hypervisorFirst, hypervisorLast, isHypervisorLeaf } from '../cpuid/leaf.js'
import { drivenDevices } from '../hypervisors/driven-facts.js'
import { hypervisors } from '../hypervisors/table.js'
import { cpu } from './cpu-schema.js'
import { cpuidEntry } from './cpuid-schema.js'
import { deviceName } from './device-properties.js'
import { expectationSchema } from './expectation-schema.js'
import { machineSchema } from './machine-schema.js'
import { fidelities } from './outcome.js'
import { mapping, scenarioName, text, versionRange } from './schema-parts.js'

const kernel = mapping({
  cmdline: z
    .array(
      z
        .string()
        .regex(
          /^(?:[\x21\x23-\x7e]|"[\x20\x21\x23-\x7e]*")+$/,
          'one kernel parameter, with spaces only between double quotes',
        ),
    )
    .default([]),
  config: z
    .array(
      z
        .string()
        .regex(
          /^[A-Z0-9_]+(\|[A-Z0-9_]+)*$/,
          'a Kconfig symbol without CONFIG_, such as KVM_GUEST, or several joined by |',
        ),
    )
    .default([])
    .describe('symbols that must be y or m, of A|B any one; else the scenario is skipped'),
  version: versionRange.optional().describe('else the scenario is skipped'),
  modules: z
    .array(
      z
        .string('the name of a kernel module, such as vmw_pvscsi')
        .regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/, 'the name of a kernel module, such as vmw_pvscsi'),
    )
    .default([])
    .describe('loaded, with those that they need, before the guest looks at its devices'),
})

/** What a KVM may have been built without. */
export const kvmFeatures = ['xen'] as const

/** See {@link kvmFeatures}. */
export type KvmFeature = (typeof kvmFeatures)[number]

const needs = mapping({
  fidelity: z.enum(fidelities, 'cpuid or kvm').default('cpuid'),
  qemu: versionRange.optional(),
  kvm: z
    .array(z.enum(kvmFeatures, kvmFeatures.join(', ')))
    .default([])
    .describe('what the KVM module must offer'),
})

/** A scenario as its YAML file states it, defaults filled in. */
export const scenarioSchema = mapping({
  name: scenarioName.describe('what the scenario is called on the command line, and its files'),
  summary: text('one line: what the guest is shown').describe(
    'what the guest is shown, in one line',
  ),
  like: text('the name of an earlier scenario of this file')
    .optional()
    .describe(
      'an earlier scenario of this file, of which this one has all that it does not state itself; `cpuid` goes on where that one ends',
    ),
  source: text('where the layout comes from').describe(
    'where the layout comes from: a specification, a kernel file, a QEMU document',
  ),
  groups: z
    .array(z.string().regex(/^[a-z0-9-]+$/, 'a lower-case word'))
    .default([])
    .describe('what it can be run by as well: `guise run @GROUP`'),
  cpu: cpu
    .prefault({})
    .describe('the CPU model of QEMU that the leaves are those of, before `cpuid`'),
  'hypervisor-leaves': z
    .enum(['model', 'listed'], 'model or listed')
    .optional()
    .describe(
      'of the leaves 0x40000000-0x4000ffff: `model` keeps those of QEMU that `cpuid` does not name, `listed` has no others',
    ),
  cpuid: z.array(cpuidEntry).default([]).describe('what is changed in the leaves, in this order'),
  machine: machineSchema.prefault({}).describe('the machine around the CPU'),
  drive: z
    .array(z.enum(drivenDevices, drivenDevices.join(', ')))
    .max(drivenDevices.length, 'each device once')
    .default([])
    .describe('devices of `machine.devices` that the guest’s init drives, as user space once did'),
  kernel: kernel.prefault({}).describe('what the kernel must be built with and is told'),
  needs: needs
    .prefault({})
    .describe('what must be behind the leaves; else the scenario is skipped'),
  expect: z
    .array(expectationSchema)
    .min(1, 'at least one expectation')
    .describe('what the kernel makes of it; the first whose `when` holds counts'),
})
  .refine(scenario => !touchesHypervisorRange(scenario) || 'hypervisor-leaves' in scenario, {
    path: ['hypervisor-leaves'],
    error: 'model or listed, since `cpuid` has a leaf of 0x40000000-0x4000ffff, or a dump',
    // Even where other fields are wrong: every problem is told at once.
    when: () => true,
  })
  .refine(drivesOwnDevices, {
    path: ['drive'],
    error: 'devices that are in `machine.devices`, too',
    when: () => true,
  })
  .superRefine((scenario, context) => {
    if (scenario.needs.fidelity === 'kvm') return
    const wanting = [
      ...Object.keys(scenario.cpu.properties)
        .filter(isParavirtProperty)
        .map(name => ['cpu', 'properties', name]),
      ...Object.keys(scenario.machine.accel).map(name => ['machine', 'accel', name]),
    ]
    for (const path of wanting) {
      context.addIssue({
        code: 'custom',
        path,
        message: 'a property that QEMU honours without KVM, or `needs: { fidelity: kvm }`',
      })
    }
  })
  .meta({ title: 'guise scenario' })

/** See {@link scenarioSchema}. */
export type ScenarioDocument = z.output<typeof scenarioSchema>

/** One entry of a scenario's `cpuid` list. */
export type CpuidEntry = ScenarioDocument['cpuid'][number]

/** Under TCG these QEMU properties change nothing and warn of nothing. */
function isParavirtProperty(name: string): boolean {
  return hypervisors.some(({ qemuProperties }) => qemuProperties?.test(name) === true)
}

/** Looks at a scenario that may be wrong elsewhere. */
function touchesHypervisorRange(scenario: unknown): boolean {
  const list: unknown = (scenario as { cpuid?: unknown } | null)?.cpuid
  return Array.isArray(list) && list.some((entry: unknown) => entryTouches(entry as EntryOutline))
}

/** Whether all that is to be driven is there; looks at a scenario that may be wrong elsewhere. */
function drivesOwnDevices(scenario: unknown): boolean {
  const { drive, machine } = (scenario ?? {}) as {
    drive?: unknown
    machine?: MachineOutline | null
  }
  const devices = Array.isArray(machine?.devices) ? (machine.devices as unknown[]) : []
  const names = devices.map(device => (typeof device === 'string' ? deviceName(device) : null))
  return !Array.isArray(drive) || drive.every(name => names.includes(name as string))
}

interface MachineOutline {
  devices?: unknown
}

interface EntryOutline {
  leaf?: unknown
  hypervisor?: unknown
  dump?: unknown
  range?: unknown
}

function entryTouches(entry: EntryOutline | null): boolean {
  if (typeof entry?.leaf === 'number') return isHypervisorLeaf(entry.leaf)
  if (Array.isArray(entry?.range)) {
    const [first, last] = entry.range as [unknown, unknown]
    return Number(first) <= hypervisorLast && Number(last) >= hypervisorFirst
  }
  return entry?.dump !== undefined || entry?.hypervisor !== undefined
}
