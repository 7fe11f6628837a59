import * as z from 'zod'
import { interfaceIds } from '../hypervisors/table.js'
import { cpuExpectations } from './cpu-expectation-schema.js'
import { logPattern } from './pattern-schema.js'
import { fidelities, outcomes } from './outcome.js'
import { mapping, text, versionRange } from './schema-parts.js'

/** What a rule may hang on: every condition that is stated must hold. */
export const conditionSchema = mapping({
  kernel: versionRange.optional(),
  fidelity: z.enum(fidelities, 'cpuid or kvm').optional(),
  vendor: z.string('a CPU vendor').optional(),
  qemu: versionRange.optional(),
})

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

/** What a kernel is expected to make of a scenario. */
export const expectationSchema = mapping({
  when: conditionSchema
    .optional()
    .describe('the first expectation whose conditions all hold is taken'),
  why: text('the commit or rule that makes the difference').optional(),
  outcome: z.enum(outcomes, `one of ${outcomes.join(', ')}`).default('reported'),
  'died-in': text('the function that the kernel dies in')
    .optional()
    .describe('where it is an early exception or an oops, or a reset by an exception'),
  'stuck-in': text('the function that the guest stays in')
    .optional()
    .describe('where it is a hang'),
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
  ...cpuExpectations,
  log: mapping({
    has: z.array(logPattern).default([]),
    lacks: z.array(logPattern).default([]),
  }).optional(),
})
  .refine(
    ({ outcome, 'died-in': diedIn }) =>
      diedIn === undefined ||
      outcome === 'early-exception' ||
      outcome === 'oops' ||
      outcome === 'reset',
    {
      path: ['died-in'],
      error: 'the outcome early-exception, oops or reset, which alone show a function',
    },
  )
  .refine(({ outcome, 'stuck-in': stuckIn }) => stuckIn === undefined || outcome === 'hang', {
    path: ['stuck-in'],
    error: 'the outcome hang, which alone stays in a function',
  })

/** One entry of an expectation's `drivers` list. */
export type ExpectedDriver = Expectation['drivers'][number]

/** One entry of a scenario's `expect` list. */
export type Expectation = z.output<typeof expectationSchema>
