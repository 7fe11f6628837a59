import * as z from 'zod'
import { hypervisorFirst, hypervisorLast, isHypervisorLeaf } from '../cpuid/leaf.js'
import { cpuidEntry } from './cpuid-schema.js'
import { interfaceIds } from './interface-ids.js'
import { parseRange, rangeGrammar } from './kernel-version.js'
import { logPatternMatcher } from './log-pattern.js'
import { fidelities, outcomes } from './outcome.js'
import { mapping, signature, text } from './schema-parts.js'

// A string always: unquoted, YAML reads 5.10 as the number 5.1.
const versionRange = z
  .string(`in quotes, ${rangeGrammar}`)
  .refine(value => parseRange(value) !== null, rangeGrammar)
  .describe(rangeGrammar)

const property = z.union([z.boolean(), z.string(), z.number()], 'true, false, a number or a string')
const properties = (what: string) =>
  z
    .record(
      z.string().regex(/^[a-z0-9][a-z0-9_.-]*$/i, `the name of a QEMU ${what} property`),
      property,
    )
    .default({})

const cpu = mapping({
  model: text('a QEMU CPU model').default('qemu64-v1'),
  vendor: signature('a vendor of 12 characters').default('AuthenticAMD'),
  properties: properties('CPU'),
})

const onOff = z.enum(['on', 'off'], 'on or off')

const machine = mapping({
  type: z.enum(['pc', 'q35', 'microvm'], 'pc, q35 or microvm').default('pc'),
  cpus: z.int('a whole number from 1 to 64').min(1).max(64).default(1),
  memory: z.int('MiB, at least 64').min(64).max(65536).default(256).describe('MiB'),
  accel: properties('accelerator').describe('what stands behind QEMU -accel kvm'),
  hpet: onOff.optional(),
  vmport: onOff.optional(),
  smbios: z
    .record(
      z.string().regex(/^\d{1,3}$/, 'the number of an SMBIOS structure type'),
      z.record(z.string().regex(/^[a-z][a-z0-9_-]*$/, 'an option of QEMU -smbios'), z.string()),
    )
    .default({})
    .describe('options of QEMU -smbios, by structure type'),
  devices: z.array(text('arguments of QEMU -device')).default([]),
  disks: z
    .int('a whole number from 0 to 16')
    .min(0, 'a whole number from 0 to 16')
    .max(16, 'a whole number from 0 to 16')
    .default(0)
    .describe('empty disks of 16 MiB for `devices`: drive=disk0, drive=disk1 and so on'),
})

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

const when = mapping({
  kernel: versionRange.optional(),
  fidelity: z.enum(fidelities, 'cpuid or kvm').optional(),
  vendor: z.string('a CPU vendor').optional(),
  qemu: versionRange.optional(),
})

const logPattern = text('a text, or a regular expression between slashes').refine(
  isPattern,
  "a regular expression of RE2's syntax between the slashes",
)
const interfaceId = z.enum(interfaceIds, `an interface: ${interfaceIds.join(', ')}`)

const driver = mapping({
  device: z
    .string('a vendor and a device in quotes, such as "15ad:07c0"')
    .regex(/^[0-9a-f]{4}:[0-9a-f]{4}$/, 'a vendor and a device, such as "15ad:07c0"')
    .optional()
    .describe('vendor and device as sysfs has them, on the bus pci or virtio'),
  class: z
    .string('the start of a PCI class code in quotes, such as "0106"')
    .regex(/^([0-9a-f]{2}){1,3}$/, 'the start of a PCI class code, such as "0106"')
    .optional(),
  driver: text('the name of the driver, or none'),
}).refine(({ device, class: code }) => device !== undefined || code !== undefined, {
  error: 'a device, a class, or both',
})

const expectation = mapping({
  when: when.optional().describe('the first expectation whose conditions all hold is taken'),
  why: text('the commit or rule that makes the difference').optional(),
  outcome: z.enum(outcomes, `one of ${outcomes.join(', ')}`).default('reported'),
  'died-in': text('the function that the kernel dies in')
    .optional()
    .describe('where it is an early exception or an oops'),
  hypervisor: text("the kernel's own name, or none").optional(),
  paravirt: text('the name in the paravirt banner').optional(),
  'sysfs-type': text('what /sys/hypervisor/type says, or none').optional(),
  clocksource: mapping({
    current: text('a clock source').optional(),
    includes: z.array(text('a clock source')).default([]),
    excludes: z.array(text('a clock source')).default([]),
  }).optional(),
  offers: z.array(interfaceId).default([]),
  adopts: z.array(interfaceId).default([]),
  rejects: z.array(interfaceId).default([]),
  drivers: z
    .array(driver)
    .default([])
    .describe('every such device is there and has that driver, or none'),
  log: mapping({
    has: z.array(logPattern).default([]),
    lacks: z.array(logPattern).default([]),
  }).optional(),
}).refine(
  ({ outcome, 'died-in': diedIn }) =>
    diedIn === undefined || outcome === 'early-exception' || outcome === 'oops',
  { path: ['died-in'], error: 'the outcome early-exception or oops, which alone show a function' },
)

/** A scenario as its YAML file states it, defaults filled in (DESIGN.md, section 7). */
export const scenarioSchema = mapping({
  name: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'a name of lower-case words joined by hyphens')
    // It is part of the names of files, of which a name may have 255 bytes (NAME_MAX of limits.h).
    .max(100, 'a name of at most 100 characters'),
  summary: text('one line: what the guest is shown'),
  like: text('the name of an earlier scenario of this file')
    .optional()
    .describe(
      'an earlier scenario of this file, of which this one has all that it does not state itself; `cpuid` goes on where that one ends',
    ),
  source: text('where the layout comes from'),
  groups: z.array(z.string().regex(/^[a-z0-9-]+$/, 'a lower-case word')).default([]),
  cpu: cpu.prefault({}),
  'hypervisor-leaves': z.enum(['model', 'listed'], 'model or listed').optional(),
  cpuid: z.array(cpuidEntry).default([]),
  machine: machine.prefault({}),
  kernel: kernel.prefault({}),
  needs: needs.prefault({}),
  expect: z.array(expectation).min(1, 'at least one expectation'),
})
  .refine(scenario => !touchesHypervisorRange(scenario) || 'hypervisor-leaves' in scenario, {
    path: ['hypervisor-leaves'],
    error: 'model or listed, since a leaf of 0x40000000-0x4000ffff is touched',
    // Even where other fields are wrong: every problem is told at once.
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

/** One entry of an expectation's `drivers` list. */
export type ExpectedDriver = Expectation['drivers'][number]

/** One entry of a scenario's `expect` list. */
export type Expectation = ScenarioDocument['expect'][number]

function isPattern(pattern: string): boolean {
  try {
    logPatternMatcher(pattern)
    return true
  } catch {
    return false
  }
}

/** Under TCG these QEMU properties change nothing and warn of nothing (reference/cpuid-override.md, section 2). */
function isParavirtProperty(name: string): boolean {
  return /^(hv-|hv_|kvm|xen|vmware-cpuid-freq$)/.test(name)
}

/** Looks at a scenario that may be wrong elsewhere. */
function touchesHypervisorRange(scenario: unknown): boolean {
  const list: unknown = (scenario as { cpuid?: unknown } | null)?.cpuid
  return Array.isArray(list) && list.some((entry: unknown) => entryTouches(entry as EntryOutline))
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
