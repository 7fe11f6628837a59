import * as z from 'zod'
import type { ReadonlyDeep } from '../read-only.js'

const number = z.int().nullable()

const cache = z.strictObject({
  level: z.int(),
  type: z.string().describe('Data, Instruction or Unified'),
  sizeKiB: number,
  ways: number,
  sets: number,
  lineBytes: number,
  sharedBy: z.array(z.string()).describe('lists of CPUs such as 0-3, one for each such cache'),
})

const cpu = z.strictObject({
  cpu: z.int().describe("the kernel's number"),
  apicId: number,
  initialApicId: number,
  package: number,
  die: number,
  core: number,
  siblings: z.string().nullable().describe('the CPUs of its core, such as 0-1'),
  packageSiblings: z.string().nullable().describe('the CPUs of its package'),
  differs: z
    .record(z.string(), z.string())
    .describe(
      'what else /proc/cpuinfo says of it and not of the first; of flags and bugs `+more -fewer`',
    ),
})

/**
 * What the kernel made of its CPUs: /proc/cpuinfo (arch/x86/kernel/cpu/proc.c) and /sys/devices/system/cpu
 * (Documentation/ABI/testing/sysfs-devices-system-cpu). Where nothing is said of which CPU, it is of the first.
 */
export const cpuFactsSchema = z.strictObject({
  vendor: z.string().nullable(),
  family: number,
  model: number,
  stepping: number,
  name: z.string().nullable(),
  microcode: z.string().nullable(),
  addressBits: z.strictObject({ physical: z.int(), virtual: z.int() }).nullable(),
  cacheKiB: number.describe('what cpuinfo calls its cache size'),
  tlb: z.string().nullable().describe("AMD's `TLB size`"),
  others: z
    .record(z.string(), z.string())
    .describe('the other fields of /proc/cpuinfo, such as clflush size; nothing measured'),
  bugs: z.array(z.string()).describe('sorted'),
  vulnerabilities: z.record(z.string(), z.string()).describe('by the names of sysfs'),
  smt: z.string().nullable().describe('on, off, forceoff, notsupported or notimplemented'),
  xsave: z
    .strictObject({
      features: z.string().describe('the mask of states, as hexadecimal'),
      bytes: z.int().describe("the context's size"),
      format: z.string().describe('standard or compacted'),
    })
    .nullable()
    .describe('what the kernel enables; null: nothing, or it does not say'),
  apic: z
    .strictObject({
      mode: z.enum(['x2apic', 'xapic', 'none']),
      routing: z.string().nullable().describe('as the kernel calls it, such as physical flat'),
    })
    .nullable()
    .describe("the local APICs' mode; null: the kernel says nothing of them"),
  // Lists of CPUs as the kernel writes them: 0-3,5.
  online: z.string().nullable(),
  present: z.string().nullable(),
  possible: z.string().nullable(),
  topology: z
    .strictObject({
      packages: z.int(),
      dies: z.int(),
      cores: z.int(),
      threads: z.int(),
      online: z.int(),
    })
    .describe('all in all, of the CPUs that are online'),
  caches: z.array(cache).describe('by level and type'),
  cpus: z.array(cpu),
})

/** What a kernel says of its TSC (arch/x86/kernel/tsc.c). */
export const kernelTscSchema = z.strictObject({
  khz: z.int().min(0).describe('what it takes the TSC to count at first'),
  refinedKhz: z.int().min(0).nullable().describe('what it came out as against another clock'),
  source: z
    .string()
    .nullable()
    .describe('calibration, cpuid, kvm, hyperv, vmware, xen or timing-leaf; null: it does not say'),
})

/** See {@link kernelTscSchema}. */
export type KernelTsc = ReadonlyDeep<z.output<typeof kernelTscSchema>>

/** See {@link cpuFactsSchema}. */
export type CpuFacts = ReadonlyDeep<z.output<typeof cpuFactsSchema>>

/** What is known of one of the CPUs. */
export type CpuIds = CpuFacts['cpus'][number]

/** Caches of one kind. */
export type CacheFacts = CpuFacts['caches'][number]
