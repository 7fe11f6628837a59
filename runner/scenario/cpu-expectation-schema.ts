import * as z from 'zod'
import { interfaceIds } from '../hypervisors/table.js'
import { logPattern } from './pattern-schema.js'
import { sanityRules } from './sanity-rule.js'
import { mapping, text } from './schema-parts.js'

const number = z.int('a whole number').min(0, 'a whole number from 0')
const flag = text('a flag as /proc/cpuinfo has it').regex(/^\S+$/, 'one flag, in one word')
const bug = text('a bug as /proc/cpuinfo has it').regex(/^\S+$/, 'one bug, in one word')

// Where a kernel can have its TSC's frequency from: those interfaces of which it takes one alone.
const prefix = 'tsc-frequency.'
const tscSources = interfaceIds
  .filter(id => id.startsWith(prefix))
  .map(id => id.slice(prefix.length))

/** What a kernel is expected to make of its CPUs: of the first, where nothing else is said. */
export const cpuExpectations = {
  cpu: mapping({
    vendor: text('what /proc/cpuinfo calls vendor_id').optional(),
    family: number.optional(),
    model: number.optional(),
    stepping: number.optional(),
    name: logPattern.optional(),
  }).optional(),
  flags: mapping({
    has: z.array(flag).default([]),
    lacks: z.array(flag).default([]),
  }).optional(),
  bugs: mapping({
    has: z.array(bug).default([]),
    lacks: z.array(bug).default([]),
    is: z.array(bug).optional().describe('these and no others'),
  }).optional(),
  vulnerabilities: z
    .record(
      text('a file of /sys/devices/system/cpu/vulnerabilities').regex(/^[a-z0-9_]+$/, 'its name'),
      logPattern,
    )
    .optional()
    .describe('what these files hold'),
  topology: mapping({
    packages: number.optional(),
    dies: number.optional(),
    cores: number.optional(),
    threads: number.optional(),
    online: number.optional(),
  })
    .optional()
    .describe('how many there are all in all, not in each'),
  tsc: mapping({
    khz: number.optional().describe('what the kernel takes it to count at, before it is refined'),
    source: z.enum(tscSources, `one of ${tscSources.join(', ')}`).optional(),
  })
    .optional()
    .describe('what frequency the kernel takes its TSC to have, and where it has that from'),
  breaks: z
    .array(z.enum(sanityRules, `a rule: ${sanityRules.join(', ')}`))
    .optional()
    .describe('the sanity rules that are broken, since the scenario brings that about; no others'),
  caches: z
    .array(
      mapping({
        level: number,
        type: z.enum(['Data', 'Instruction', 'Unified'], 'Data, Instruction or Unified').optional(),
        sizeKiB: number.optional(),
        ways: number.optional(),
        sets: number.optional(),
        lineBytes: number.optional(),
        count: number.optional().describe('how many such caches; without it any but none'),
      }),
    )
    .optional()
    .describe('caches that are there, in sysfs'),
}
