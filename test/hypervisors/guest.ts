import type { Test } from 'tap'
import { type Registers, zeroRegisters } from '../../runner/cpuid/leaf.js'
import { mapRegisters } from '../../runner/cpuid/leaf-edit.js'
import { encodeSignature } from '../../runner/cpuid/signature.js'
import { blockEdits } from '../../runner/hypervisors/block.js'
import type { Evidence } from '../../runner/hypervisors/evidence.js'
import type { DrivenFacts } from '../../runner/hypervisors/driven-facts.js'
import { type Facts, noFacts, type ObservedDevice } from '../../runner/hypervisors/facts.js'
import type { Hypervisor, Owner } from '../../runner/hypervisors/hypervisor.js'
import type { Interface } from '../../runner/hypervisors/interface.js'
import { type Candidate, candidatesOf } from '../../runner/observe/detection-rule.js'
import { identityOf } from '../../runner/observe/identity.js'

/** Leaves by number; registers that are not stated are zero. */
export type Leaves = Readonly<Record<number, Partial<Registers>>>

/** A guest in few words. What is not stated it has not. */
export interface Guest {
  readonly leaves?: Leaves
  readonly log?: readonly string[]
  /** Its clock sources; the first is the current one. */
  readonly clocks?: readonly string[]
  readonly clockevents?: readonly string[]
  readonly interrupts?: readonly string[]
  /** The product's serial number by DMI. */
  readonly serial?: string
  readonly devices?: readonly ObservedDevice[]
  readonly driven?: readonly DrivenFacts[]
  /** Without it, a machine with one. */
  readonly pit?: boolean
}

/** What interfaces look at, of such a guest. */
export function factsOf(guest: Guest): Facts {
  const { leaves = {}, log = [], clocks = [], serial } = guest
  return {
    ...noFacts,
    identity: identityOf(log),
    clocksource: { current: clocks[0] ?? null, available: clocks, settled: true },
    clockevents: guest.clockevents ?? [],
    log,
    leaf: leaf => ({ ...zeroRegisters, ...leaves[leaf] }),
    dmi: new Map(serial === undefined ? [] : [['product_serial', serial]]),
    devices: guest.devices ?? [],
    driven: guest.driven ?? [],
    interrupts: guest.interrupts ?? [],
    pit: guest.pit ?? true,
  }
}

/** The registers of a base. */
export function baseLeaf(text: string, eax: number): Registers {
  return { eax, ...encodeSignature(text) }
}

/** A device on the bus pci, or on another. */
export function device(
  numbers: string,
  driver: string | null,
  changes: Partial<ObservedDevice> = {},
): ObservedDevice {
  const [vendor = null, id = null] = numbers === '' ? [] : numbers.split(':')
  return {
    bus: 'pci',
    name: '0000:00:03.0',
    driver,
    vendor,
    device: id,
    class: null,
    ...changes,
  }
}

/** A guest and the evidence that is found in it, or null. */
export type Case = readonly [guest: Guest, evidence: Evidence | string | null]

/** A guest whose kernel says a line, which is the evidence. */
export function said(line: string): Case {
  return [{ log: ['Linux version 6.1.0-56-cloud-amd64', line] }, line]
}

/** A guest whose kernel says a line that is no evidence. */
export function saidInVain(line: string): Case {
  return [{ log: [line] }, null]
}

/** The cases of an interface; where it is `always` offered it can't be seen not to be. */
export interface InterfaceCases {
  readonly offered: readonly Case[] | 'always'
  readonly adopted: readonly Case[]
}

/** The cases of an interface that is a device with its driver. */
export function deviceCases(
  numbers: string,
  driver: string,
  changes: Partial<ObservedDevice> = {},
): InterfaceCases {
  const one = (bound: string | null) => device(numbers, bound, changes)
  const { bus, name, class: code } = one(null)
  const place = `${bus} ${name}`
  const what = `${numbers}${code === null ? '' : ` class ${code}`}`
  const stranger = code === null ? [{ ...one(driver), vendor: '1234' }] : []
  const other = device('1b36:000d', driver, { ...changes, name: 'other', class: '0c0330' })
  return {
    offered: [
      [{ devices: [other, one(null)] }, { text: `${place}: ${what}`, device: place }],
      [{ devices: [{ ...one(driver), bus: 'vmbus' }] }, null],
      [{ devices: [other, ...stranger] }, null],
    ],
    adopted: [
      [{ devices: [other, one(driver)] }, { text: `${place} bound to ${driver}`, device: place }],
      [{ devices: [one(null)] }, null],
      [{ devices: [one('vfio-pci')] }, null],
      [{ devices: [other, ...stranger] }, null],
    ],
  }
}

/** Tests every interface of an owner: each is seen offered and not, adopted and not. */
export function testInterfaces<T extends Owner>(
  tap: Test,
  owner: T,
  cases: Readonly<Record<keyof T['interfaces'] & string, InterfaceCases>>,
): void {
  tap.test('each interface offered and not, adopted and not', t => {
    t.same(Object.keys(cases), Object.keys(owner.interfaces), 'every interface is tested')
    for (const [id, { offered, adopted }] of Object.entries<InterfaceCases>(cases)) {
      const each = owner.interfaces[id as keyof typeof owner.interfaces] as Interface
      t.match(each.source, /\w{3,}.*\W.*\w/, `${id}: its source`)
      if (offered === 'always') t.ok(each.offered(factsOf({})), `${id} is always offered`)
      else testLooks(t, `${id} offered`, each.offered, offered)
      testLooks(t, `${id} adopted`, each.adopted, adopted)
    }
    t.end()
  })
}

function testLooks(
  t: Test,
  name: string,
  look: Interface['offered'],
  cases: readonly Case[],
): void {
  t.ok(
    cases.some(([, evidence]) => evidence !== null),
    `${name}: seen`,
  )
  t.ok(
    cases.some(([, evidence]) => evidence === null),
    `${name}: not seen`,
  )
  for (const [guest, evidence] of cases) {
    const wanted = typeof evidence === 'string' ? { text: evidence } : evidence
    t.same(look(factsOf(guest)), wanted, `${name}: ${JSON.stringify(guest)}`)
    if (typeof evidence === 'string' && guest.log?.includes(evidence) === true) {
      const log = guest.log.map(line => (line === evidence ? `it was said: ${line}` : line))
      t.not(look(factsOf({ ...guest, log }))?.text, `it was said: ${evidence}`, `${name}: quoted`)
    }
  }
}

/** What Linux's probes make of hypervisors at their bases, with `changes` on top; the hypervisor bit is set. */
export function candidates(
  layout: readonly (readonly [Hypervisor, number])[],
  changes: Leaves = {},
): Candidate[] {
  const leaves = new Map<number, Registers>([[1, { ...zeroRegisters, ecx: 0x80000000 }]])
  for (const [hypervisor, base] of layout) {
    for (const { leaf, registers } of blockEdits(hypervisor, base)) {
      if (registers !== null) {
        leaves.set(
          leaf,
          mapRegisters(name => registers[name].set),
        )
      }
    }
  }
  for (const [leaf, registers] of Object.entries(changes)) {
    const before = leaves.get(Number(leaf)) ?? zeroRegisters
    leaves.set(Number(leaf), { ...before, ...registers })
  }
  return candidatesOf({ leaf: leaf => leaves.get(leaf) ?? zeroRegisters })
}
