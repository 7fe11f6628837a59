import { modelMayHaveX2apic } from '../cpuid/model-x2apic.js'
import { inRange } from '../scenario/condition.js'
import type { Scenario } from '../scenario/scenario.js'
import { highestApicId } from '../scenario/topology.js'
import type { Accelerator } from './accelerator.js'

/** What a scenario's guest wants of QEMU, and the range of versions that have it. */
export interface QemuNeed {
  /** As in `needs QEMU >=7.0 for …`; null where the scenario names the range itself. */
  readonly what: string | null
  readonly versions: string
}

const manyCpus = 16

// Without x2APIC an APIC id has 8 bits, of which 255 is no CPU's (Intel SDM vol. 3, "Local APIC ID").
const highestOfXapic = 254

/** Whether a CPU may have x2APIC: as it is told, or as its model is made. */
export function mayHaveX2apic({ model, properties }: Scenario['cpu']): boolean {
  const asked = properties.x2apic
  return asked === undefined ? modelMayHaveX2apic(model) : asked !== false && asked !== 'off'
}

/**
 * The versions of QEMU that a scenario's guest can run in. They are those of its `needs`, and those that have what its machine asks for:
 * PICs that can be switched off on pc and q35 (since 7.0), modules (9.1), x2APIC under TCG (9.0), and many vCPUs under TCG (10.0: in 7.2
 * 64 of them met the INT3 that the kernel patches its code with, and found no patch any more).
 */
export function qemuNeeds(
  { machine, needs, cpu }: Pick<Scenario, 'machine' | 'needs' | 'cpu'>,
  accelerator: Accelerator,
): QemuNeed[] {
  const ofMachine: (QemuNeed | false)[] = [
    machine.pic !== undefined &&
      machine.type !== 'microvm' && { what: `machine.pic of ${machine.type}`, versions: '>=7.0' },
    (machine.topology?.modules ?? 1) > 1 && { what: 'machine.modules', versions: '>=9.1' },
    accelerator === 'tcg' &&
      highestApicId(machine) > highestOfXapic && {
        what: `an APIC id of ${highestApicId(machine)} under tcg`,
        versions: '>=9.0',
      },
    accelerator === 'tcg' &&
      [true, 'on'].includes(cpu.properties.x2apic as string | boolean) && {
        what: 'cpu.properties.x2apic under tcg',
        versions: '>=9.0',
      },
    accelerator === 'tcg' &&
      machine.cpus > manyCpus && { what: `${machine.cpus} vCPUs under tcg`, versions: '>=10.0' },
  ]
  return [
    ...(needs.qemu === undefined ? [] : [{ what: null, versions: needs.qemu }]),
    ...ofMachine.filter(need => need !== false),
  ]
}

/** The first of a guest's needs that a QEMU does not meet, or null. */
export function unmetNeed(
  scenario: Pick<Scenario, 'machine' | 'needs' | 'cpu'>,
  accelerator: Accelerator,
  qemuVersion: string,
): QemuNeed | null {
  const needs = qemuNeeds(scenario, accelerator)
  return needs.find(({ versions }) => !inRange(qemuVersion, versions)) ?? null
}

/** `needs QEMU >=9.1 for machine.modules`. */
export function formatNeed({ what, versions }: QemuNeed): string {
  return `needs QEMU ${versions}${what === null ? '' : ` for ${what}`}`
}

/** Why a scenario's vCPUs can't have the APIC ids of its topology on any QEMU, or null. */
export function unservedApicIds({
  machine,
  cpu,
}: Pick<Scenario, 'machine' | 'cpu'>): string | null {
  const highest = highestApicId(machine)
  if (highest <= highestOfXapic) return null
  if (!mayHaveX2apic(cpu)) {
    return `the highest APIC id of its vCPUs is ${highest}, and beyond ${highestOfXapic} they need x2APIC, which the CPU model ${cpu.model} has not: state cpu.properties.x2apic`
  }
  if (machine.type === 'q35') return null
  return `the highest APIC id of its vCPUs is ${highest}, and beyond ${highestOfXapic} the machine must be a q35`
}
