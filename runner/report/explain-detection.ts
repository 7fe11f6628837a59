import { baseStride, hex32, hypervisorFirst } from '../cpuid/leaf.js'
import { decodeSignature } from '../cpuid/signature.js'
import { hypervisorNamed, hypervisorOf, hypervisors } from '../hypervisors/table.js'
import { type Candidate, candidatesOf } from '../observe/detection-rule.js'
import { leafLookup, shownLeaves } from '../observe/leaf-lookup.js'
import { decodeAsked, decodeSeen } from '../record/cpuid.js'
import { refusalsOf } from '../record/kernel-said.js'
import type { GuiseRecord } from '../record/schema.js'

/** The hypervisors that a guest was offered, and what no vendor owns; a line each. */
export function offered(record: GuiseRecord): string[] {
  const found = candidates(record).map(
    ({ name, base, refused }) =>
      `${name} at ${hex32(base)}${refused === null ? '' : `, which does not count: ${refused}`}`,
  )
  const timing = record.interfaces.find(({ id }) => id === 'common.timing-leaf')?.offered ?? null
  return [
    ...(found.length > 0 ? found : ['no hypervisor that Linux knows']),
    ...strangers(record),
    ...(timing === null ? [] : [`in common: ${timing}`]),
  ]
}

/** What its kernel detected and why that won, the paravirt banner, and the type in sysfs; a line each. */
export function detected(record: GuiseRecord): string[] {
  const { hypervisor, paravirt, sysfsType } = record.identity
  const banner = paravirt === null ? 'no paravirt banner yet' : `paravirt banner: ${paravirt}`
  const type = sysfsType === null ? [] : [`/sys/hypervisor/type: ${sysfsType}`]
  return [`${hypervisor ?? 'none'}${whyThisOne(record)}`, banner, ...type]
}

/** By which rule the one that was detected won, or why it is not the one that the rule gives. */
function whyThisOne(record: GuiseRecord): string {
  const { hypervisor } = record.identity
  const counted = candidates(record).filter(({ refused }) => refused === null)
  const [first, ...others] = counted
  const rule = 'arch/x86/kernel/cpu/hypervisor.c, detect_hypervisor_vendor()'
  if (first === undefined) {
    if (hypervisor === null) return ': nothing that was offered counts'
    const named = hypervisorNamed(hypervisor)
    const besides = named && hypervisorOf(named).probe.besides
    return besides === undefined ? ', though no leaf offers it' : `, ${besides}`
  }
  const returns = ({ name, priority }: Candidate) => `${name}'s detect() returns ${hex32(priority)}`
  if (hypervisor === first.name) {
    if (others.length === 0) return ', the only one that is offered and counts'
    return `, the highest of what the probes return: ${counted.map(returns).join(', ')} (${rule})`
  }
  const model = `by the rule of released kernels ${first.name} would win: ${returns(first)}, the highest (${rule})`
  return `; ${model}; ${whyNot(first, record)}`
}

/** What is known of why the hypervisor that the rule gives is not the one that was detected. */
function whyNot({ owner, name, ignoresNopv }: Candidate, record: GuiseRecord): string {
  const { guestSupport } = record.kernel
  const { symbols: needed, driverSymbols = [] } = hypervisorOf(owner)
  const symbols = [...needed, ...driverSymbols].map(
    symbol => `${symbol}=${guestSupport?.[symbol] ?? '?'}`,
  )
  const isBuilt = needed.every(symbol => guestSupport?.[symbol] === 'y')
  if (guestSupport !== null && !isBuilt) {
    return `this kernel is built without it: ${symbols.join(', ')}`
  }
  const nopv = record.commandLine?.split(' ').includes('nopv') === true
  if (nopv && !ignoresNopv) return `the kernel was told nopv, which leaves ${name} out`
  const known = guestSupport === null ? 'its configuration is not known' : symbols.join(', ')
  const said = refusalsOf(owner, record.log)
  const words =
    said.length === 0 ? 'the kernel says nothing of why' : `the kernel said: ${said.join(' / ')}`
  const because =
    guestSupport === null
      ? 'so it lacks the code, or its detect() returned less'
      : becauseOf(name, record.identity.hypervisor)
  return `${known}, ${nopv ? 'nopv does not concern it' : 'no nopv'}; ${because}; ${words}`
}

/** What follows for the one that should have won from what was detected. */
function becauseOf(name: string, got: string | null): string {
  if (got === null) return `so ${name}'s detect() returned 0`
  const less = `so ${name}'s detect() returned less`
  // A name that is none of Linux' may be another word of this kernel's for the one that won.
  return hypervisorNamed(got) === undefined
    ? `${less}, or \`${got}\` is what this kernel calls it`
    : less
}

/** Signatures at a base of the 256 that no probe finds: of nobody that Linux knows, or not where it looks. */
function strangers(record: GuiseRecord): string[] {
  const found = new Set(candidates(record).map(({ base }) => base))
  return [...shownLeaves(...shown(record))].flatMap(([leaf, registers]) => {
    const offset = leaf - hypervisorFirst
    const isBase = offset >= 0 && offset < 256 * baseStride && offset % baseStride === 0
    const signature = decodeSignature(registers)
    if (!isBase || found.has(leaf) || signature === '') return []
    const isKnown = hypervisors.some(each => each.signature === signature)
    return [
      `"${signature}" at ${hex32(leaf)}, ${isKnown ? 'where Linux does not look for it' : 'which no probe of Linux knows'}`,
    ]
  })
}

/** The hypervisors that were offered, the one first that wins by the rule. */
/** The hypervisors that Linux' probes find in what a guest was shown, the winner by the rule first. */
export function candidates(record: GuiseRecord): Candidate[] {
  return candidatesOf({ leaf: leafLookup(...shown(record)) })
}

/** What a record has of the leaves that its guest was shown. */
function shown({ cpuid: { got, asked } }: GuiseRecord): Parameters<typeof leafLookup> {
  const [first] = got
  return [first && decodeSeen(first), { edits: asked.map(decodeAsked) }]
}
