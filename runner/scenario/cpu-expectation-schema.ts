import * as z from 'zod'
import { interfaceIds } from '../hypervisors/table.js'
import { logPattern } from './pattern-schema.js'
import { sanityRules } from './sanity-rule.js'
import { mapping, text } from './schema-parts.js'

const number = z.int('a whole number').min(0, 'a whole number from 0')
// Those that mkcapflags.sh makes of cpufeatures.h, and tests of user space hold to.
const flag = text('a flag as /proc/cpuinfo has it').regex(
  /^[a-z0-9_]+$/,
  'one flag as /proc/cpuinfo has it, in lower case',
)

/**
 * Where a file of /sys/devices/system/cpu/vulnerabilities has another name than the bug (arch/x86/kernel/cpu/bugs.c, cpu_show_*()): as a
 * bug nothing has it, and a CPU lacks it whatever it has.
 */
const bugsByFile = new Map([
  ['meltdown', 'cpu_meltdown'],
  ['gather_data_sampling', 'gds'],
  ['reg_file_data_sampling', 'rfds'],
  ['indirect_target_selection', 'its'],
  ['spec_rstack_overflow', 'srso'],
  ['tsx_async_abort', 'taa'],
])
const bug = text('a bug as /proc/cpuinfo has it')
  .regex(/^[a-z0-9_]+$/, 'one bug as /proc/cpuinfo has it, in lower case')
  .refine(name => !bugsByFile.has(name), {
    error: ({ input }) =>
      `\`${bugsByFile.get(String(input)) ?? ''}\`, as /proc/cpuinfo calls that bug`,
  })

/** Whether anything is expected at all: what is empty would hold of any kernel. Of `is` nothing is something. */
const saysSomething = (fields: Readonly<Record<string, unknown>>) =>
  Object.entries(fields).some(
    ([name, value]) =>
      value !== undefined && (name === 'is' || !Array.isArray(value) || value.length > 0),
  )
const something = 'something that is expected'

/** Whether no word is expected and expected not to be there. */
const agree = ({
  has,
  lacks,
  is = [],
}: {
  has: readonly string[]
  lacks: readonly string[]
  is?: readonly string[] | undefined
}) => lacks.every(word => !has.includes(word) && !is.includes(word))
const agreement = { path: ['lacks'], error: 'nothing that is to be there' }
const numbers = z.array(number)
// As the kernel writes them: 0-3,5.
const cpuLists = z.array(text('CPUs, such as 0-3').regex(/^\d+(?:[-,]\d+)*$/, 'CPUs, such as 0-3'))

// kernel/cpu.c, smt_states[].
const smtStates = ['on', 'off', 'forceoff', 'notsupported', 'notimplemented'] as const

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
  })
    .refine(saysSomething, something)
    .optional(),
  flags: mapping({
    has: z.array(flag).default([]),
    lacks: z.array(flag).default([]),
  })
    .refine(saysSomething, something)
    .refine(agree, agreement)
    .optional(),
  bugs: mapping({
    has: z.array(bug).default([]),
    lacks: z.array(bug).default([]),
    is: z.array(bug).optional().describe('these and no others'),
  })
    .refine(saysSomething, something)
    .refine(agree, agreement)
    .refine(({ has, is }) => is === undefined || has.every(word => is.includes(word)), {
      path: ['has'],
      error: 'nothing beside what `is` lists',
    })
    .optional(),
  vulnerabilities: z
    .record(
      text('a file of /sys/devices/system/cpu/vulnerabilities').regex(
        /^[a-z][a-z0-9_]*$/,
        'its name',
      ),
      logPattern,
    )
    .refine(saysSomething, something)
    .optional()
    .describe('what these files hold'),
  topology: mapping({
    packages: number.optional(),
    dies: number.optional(),
    cores: number.optional(),
    threads: number.optional(),
    online: number.optional(),
    smt: z.enum(smtStates, `one of ${smtStates.join(', ')}`).optional(),
    packageIds: numbers.optional().describe('of each CPU that is online, in their order'),
    dieIds: numbers.optional(),
    coreIds: numbers.optional(),
    apicIds: numbers.optional(),
    siblings: cpuLists.optional().describe('the CPUs of each core, such as 0-1'),
  })
    .refine(saysSomething, something)
    .optional()
    .describe('how many there are all in all, not in each; and which'),
  tsc: mapping({
    khz: number.optional().describe('what the kernel takes it to count at, before it is refined'),
    source: z.enum(tscSources, `one of ${tscSources.join(', ')}`).optional(),
  })
    .refine(saysSomething, something)
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
    .min(1, something)
    .optional()
    .describe('caches that are there, in sysfs'),
}
