import * as z from 'zod'
import { mapping, properties, text } from './schema-parts.js'
import {
  mostCpus,
  topologyLevels,
  type StatedTopology,
  topologyOf,
  type Topology,
} from './topology.js'

const onOff = z.enum(['on', 'off'], 'on or off')

const most = Math.max(...Object.values(mostCpus))
const countText = `a whole number from 1 to ${most}`
const count = z.int(countText).min(1, countText).max(most, countText)

const memoryText = 'MiB, a whole number from 64 to 65536'

/** The machine types that guise knows. */
export const machineTypes = ['pc', 'q35', 'microvm'] as const

/** See {@link machineTypes}. */
export type MachineType = (typeof machineTypes)[number]

/**
 * Which machine types of QEMU's have a switch, and what the others have in its place (`-machine TYPE,help` of QEMU 5.2 to 11.1; from which
 * version on is plan/machine-needs.ts's).
 */
const switches = {
  acpi: { types: machineTypes, else: '' },
  hpet: { types: ['pc', 'q35'], else: 'it has no HPET' },
  pic: { types: machineTypes, else: '' },
  pit: { types: machineTypes, else: '' },
  rtc: { types: ['microvm'], else: 'it always has an RTC' },
  vmport: { types: ['pc', 'q35'], else: 'it has no vmport' },
} as const satisfies Record<string, { types: readonly MachineType[]; else: string }>

/** The switches of QEMU's -machine that a scenario may state. */
export const machineSwitches = Object.keys(switches) as (keyof typeof switches)[]

/** The machine of a scenario, as its file states it; `cpus` and `memory` follow from the rest where they are not stated. */
export const machineSchema = mapping({
  type: z.enum(machineTypes, 'pc, q35 or microvm').default('pc'),
  cpus: count
    .optional()
    .describe('vCPUs; without it the product of `sockets` to `threads`, or else 1'),
  sockets: count.optional().describe('with any of these five stated, the others are 1'),
  dies: count.optional().describe('in each socket'),
  modules: count.optional().describe('in each die; since QEMU 9.1'),
  clusters: z
    .literal(1, '1: QEMU has no clusters on x86, whose level of that place is `modules`')
    .optional(),
  cores: count.optional().describe('in each die, or in each module'),
  threads: count.optional().describe('in each core'),
  memory: z
    .int(memoryText)
    .min(64, memoryText)
    .max(65536, memoryText)
    .optional()
    .describe('MiB; without it 256, and more for many vCPUs'),
  accel: properties('accelerator').describe('what stands behind QEMU -accel kvm'),
  acpi: onOff.optional().describe('without it QEMU’s default, and off for microvm'),
  hpet: onOff.optional(),
  pic: onOff.optional(),
  pit: onOff.optional(),
  rtc: onOff.optional(),
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
  .superRefine((machine, context) => {
    const problem = (field: string, message: string) => {
      context.addIssue({ code: 'custom', path: [field], message })
    }
    const { type } = machine
    for (const name of machineSwitches) {
      const { types, else: instead } = switches[name]
      if (machine[name] !== undefined && !types.some(having => having === type)) {
        problem(name, `no such switch, which QEMU’s ${type} has not: ${instead}`)
      }
    }
    if ([machine.hpet, machine.pic, machine.pit].every(state => state === 'off')) {
      problem(
        'pic',
        'on, where `pit` and `hpet` are off: a kernel then looks for its timer at the PIC, and QEMU ends with SIGSEGV if there is none',
      )
    }
    for (const level of ['dies', 'modules'] as const) {
      if (type === 'microvm' && (machine[level] ?? 1) > 1) {
        problem(level, `1: QEMU’s microvm has no ${level}`)
      }
    }
    const topology = topologyOf(machine)
    const product = topology === null ? null : productOf(topology)
    if (product !== null && machine.cpus !== undefined && machine.cpus !== product) {
      problem('cpus', `${product}, which ${formatProduct(machine)} come to, or no \`cpus\``)
    } else if ((product ?? machine.cpus ?? 1) > mostCpus[type] && (machine.cpus ?? 1) <= most) {
      const field = product === null ? 'cpus' : statedLevels(machine)[0]
      const come = product === null ? '' : `; ${formatProduct(machine)} come to ${product}`
      problem(
        field ?? 'cpus',
        `at most ${mostCpus[type]} vCPUs, as many as QEMU’s ${type} has${come}`,
      )
    }
  })
  .transform(machine => {
    const topology = topologyOf(machine)
    const cpus = machine.cpus ?? (topology === null ? 1 : productOf(topology))
    return { ...machine, topology, cpus, memory: machine.memory ?? memoryFor(cpus) }
  })

type Levels = StatedTopology

function productOf(topology: Topology): number {
  return topologyLevels.reduce((product, level) => product * topology[level], 1)
}

function statedLevels(machine: Levels): (keyof Topology)[] {
  return topologyLevels.filter(level => machine[level] !== undefined)
}

/** `2 sockets of 4 cores`: what is stated. */
function formatProduct(machine: Levels): string {
  return statedLevels(machine)
    .map(level => `${machine[level] ?? 1} ${level}`)
    .join(' by ')
}

/** In MiB: what a stock kernel takes for each vCPU, beyond what it has to spare. */
function memoryFor(cpus: number): number {
  return 256 + 2 * Math.max(0, cpus - 16)
}
