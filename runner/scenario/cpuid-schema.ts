import * as z from 'zod'
import { baseStride, hypervisorFirst, isHypervisorLeaf, isSoftwareLeaf } from '../cpuid/leaf.js'
import { cpuGrammar, parseCpus } from '../cpuid/cpu-list.js'
import { parseRegisterEdit, registerGrammar } from '../cpuid/register-edit.js'
import { hypervisorNames } from '../hypervisors/table.js'
import { vendorLeaves } from '../cpuid/signature.js'
import { mapping, signature, text, uint32 } from './schema-parts.js'

const register = z
  .union([uint32, z.string()], registerGrammar)
  .refine(value => parseRegisterEdit(value) !== null, registerGrammar)
  .describe(registerGrammar)

const leafRange = z
  .tuple([uint32, uint32], 'two leaves: [FIRST, LAST]')
  .refine(([first, last]) => first <= last, 'two leaves, the lower one first')

/** Whether what the accelerator cannot execute is shown all the same. */
const serve = z
  .enum(['exact', 'able'], 'exact or able')
  .optional()
  .describe(
    'exact: as it stands, the default of a leaf; able: without the features that the accelerator cannot execute, the default of a dump that is not of hypervisor leaves alone',
  )

const cpus = z
  .union(
    [
      z.int(cpuGrammar),
      z.string(cpuGrammar),
      z.array(z.union([z.int(), z.string()], cpuGrammar), cpuGrammar),
    ],
    cpuGrammar,
  )
  .refine(value => parseCpus(value) !== null, cpuGrammar)
  .optional()
  .describe('the vCPUs that the entry holds for, counted from 0; without it every one')

const leafEntry = mapping({
  leaf: uint32.describe('EAX before CPUID'),
  subleaf: uint32.optional().describe('ECX before CPUID; without it the entry holds for every ECX'),
  eax: register.optional(),
  ebx: register.optional(),
  ecx: register.optional(),
  edx: register.optional(),
  signature: signature('a signature of 1 to 12 characters')
    .optional()
    .describe('the signature of a hypervisor base: EBX, ECX, EDX, padded with NUL'),
  vendor: signature('a vendor of 1 to 12 characters')
    .optional()
    .describe('the vendor that leaf 0, 0x21 or 0x80000000 spells: EBX, EDX, ECX, padded with NUL'),
  remove: z.literal(true, 'true').optional().describe('the leaf reads as absent'),
  serve,
  cpu: cpus,
}).superRefine((entry, context) => {
  const problem = (field: string, expected: string) => {
    context.addIssue({ code: 'custom', path: [field], message: expected })
  }
  const changes = Object.keys(entry).filter(
    key => !['leaf', 'subleaf', 'cpu', 'serve'].includes(key),
  )
  if (changes.length === 0) {
    context.addIssue({ code: 'custom', message: 'a register, signature, vendor or remove' })
  }
  if (entry.remove === true && changes.length > 1) problem('remove', 'no other change beside it')
  if (entry.signature !== undefined && !isSoftwareLeaf(entry.leaf)) {
    problem(
      'signature',
      'a leaf of 0x40000000-0x4fffffff (for leaf 0x0, 0x21 and 0x80000000 use `vendor`)',
    )
  }
  if (entry.vendor !== undefined && !vendorLeaves.includes(entry.leaf)) {
    problem('vendor', 'leaf 0x0, 0x21 or 0x80000000 (for a hypervisor base use `signature`)')
  }
  const text = (['signature', 'vendor'] as const).find(name => entry[name] !== undefined)
  if (text === undefined) return
  for (const name of ['ebx', 'ecx', 'edx'] as const) {
    if (entry[name] !== undefined) problem(name, `no register that the ${text} sets`)
  }
})

const blockEntry = mapping({
  hypervisor: z
    .enum(hypervisorNames, hypervisorNames.join(', '))
    .describe('all the leaves by which this hypervisor is known, without features'),
  base: uint32
    .refine(
      base => isHypervisorLeaf(base) && base % baseStride === 0,
      'a base: 0x40000000 + n * 0x100',
    )
    .default(hypervisorFirst)
    .describe('where its block begins'),
  cpu: cpus,
})

const rangeEntry = mapping({
  range: leafRange.describe('the first and the last leaf to remove'),
  remove: z.literal(true, 'true, or a `dump` whose leaves these are'),
  cpu: cpus,
})

const dumpEntry = mapping({
  dump: text('the path of a dump').describe(
    'a dump of CPUID as cpuid -r, kcpuid -r or InstLatx64 have it: its path, relative to this file, or the dump itself as a block of lines',
  ),
  range: leafRange.optional().describe('which leaves of the dump; without it all'),
  serve,
  cpu: cpus,
})

/** One thing that a scenario does to the leaves. */
export const cpuidEntry = z.union([leafEntry, blockEntry, rangeEntry, dumpEntry], {
  error: ({ input }) =>
    isMapping(input) ? undefined : 'a mapping with a `leaf`, `range`, `dump` or `hypervisor`',
})

function isMapping(input: unknown): boolean {
  return Object.prototype.toString.call(input) === '[object Object]'
}
