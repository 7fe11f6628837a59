import * as z from 'zod'
import { interfaceIds } from '../hypervisors/table.js'
import { logPattern } from './pattern-schema.js'
import { sanityRules } from './sanity-rule.js'
import { mapping, text } from './schema-parts.js'

const number = z.int('a whole number').min(0, 'a whole number from 0')
const flag = text('a flag as /proc/cpuinfo has it').regex(/^\S+$/, 'one flag, in one word')
const bug = text('a bug as /proc/cpuinfo has it').regex(/^\S+$/, 'one bug, in one word')
const numbers = z.array(number)
// As the kernel writes them: 0-3,5.
const cpuLists = z.array(text('CPUs, such as 0-3').regex(/^\d+(?:[-,]\d+)*$/, 'CPUs, such as 0-3'))

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
    physicalBits: number.optional(),
    virtualBits: number.optional(),
    cacheKiB: number.optional().describe('what /proc/cpuinfo calls cache size'),
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
      text('a file of /sys/devices/system/cpu/vulnerabilities').regex(
        /^[a-z][a-z0-9_]*$/,
        'its name',
      ),
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
    smt: text('on, off, forceoff, notsupported or notimplemented').optional(),
    packageIds: numbers.optional().describe('of each CPU that is online, in their order'),
    dieIds: numbers.optional(),
    coreIds: numbers.optional(),
    apicIds: numbers.optional(),
    siblings: cpuLists.optional().describe('the CPUs of each core, such as 0-1'),
  })
    .optional()
    .describe('how many there are all in all, not in each; and which'),
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
        sharedBy: cpuLists.optional().describe('the CPUs of each such cache'),
      }),
    )
    .optional()
    .describe('caches that are there, in sysfs'),
}
