import type { SymbolTable } from '../../images/kernel/symbol-table.js'
import { type CpuState, instructionAddress } from '../console/look/cpu-state.js'
import type { Delivery, InterruptHistory } from '../console/look/interrupt-log.js'
import type { GuestSample, GuestSamples } from '../console/look/sample-guest.js'
import { chainOf, findFunction, whereIs, type Whereabouts } from './code-place.js'
import { loopingFunction } from './looping-function.js'
import { exceptionName, isException } from './exceptions.js'

/** What was seen of a guest that ended without a word, in a run of it that was made to look. */
export interface GuestLook {
  /** Null where it was gone before it could be looked at. */
  readonly samples: GuestSamples | null
  /** Null where the accelerator logs none. */
  readonly interrupts: InterruptHistory | null
}

/** Where a guest died, or stays. Functions are told of a kernel that KASLR has not moved. */
export interface PlaceOfDeath {
  /** The exception that killed it; null where it hangs. */
  readonly exception: {
    readonly vector: number
    readonly name: string
    readonly error: number
    /** The address of a page fault. */
    readonly address: bigint | null
    readonly tripleFault: boolean
  } | null
  /** The function of the kernel; null where there is none, or none can be told. */
  readonly function: string | null
  /** Where that is in the guest's memory. */
  readonly where: Whereabouts
  /**
   * How the CPU stands still, where it does: `dead` is halted for ever, `idle` waits for an interrupt, `refused` is at an instruction
   * that never completes.
   */
  readonly waits: 'dead' | 'idle' | 'refused' | null
  readonly cpu: CpuState
  readonly address: bigint
  readonly instruction: string | null
  /** The functions that the stack suggests, from the innermost. */
  readonly trace: readonly string[]
  /** The functions that it was seen in, and how often. */
  readonly seen: readonly { readonly function: string; readonly times: number }[]
}

// The kernel's own handlers of early exceptions, which halt where they know no better (arch/x86/mm/extable.c, kernel/head_64.S).
const earlyHandler = /^(?:early_fixup_exception|do_early_exception|early_idt_handler)/
const anyHandler =
  /^(?:early_fixup_exception|do_early_exception|early_idt_handler|asm_exc_|exc_|asm_common_interrupt)/

/** Where a guest died or stays, by what was seen of it; null where nothing tells. */
export function placeOfDeath(look: GuestLook, symbols: SymbolTable | null): PlaceOfDeath | null {
  const killed = killerOf(look, symbols)
  if (killed?.state) return ofException(killed, killed.state, look, symbols)
  return look.samples === null ? null : ofHang(look.samples, symbols)
}

/** The exception that a guest died of; null where it died of none. */
function killerOf(
  { samples, interrupts }: GuestLook,
  symbols: SymbolTable | null,
): Delivery | null {
  if (interrupts === null) return null
  const exceptions = interrupts.last.filter(
    ({ vector, privilege }) => isException(vector) && privilege === 0,
  )
  // One that came while a handler ran, or while another was delivered, is none that began it.
  const last = exceptions.findLastIndex(
    each => !each.nested && !anyHandler.test(functionOf(each, symbols) ?? ''),
  )
  const found = exceptions[last]
  if (found === undefined) return null
  const first = unserved(found, exceptions[last - 1])
  if (interrupts.tripleFault) return first
  const sample = samples?.samples.at(-1)
  if (sample === undefined) return null
  if (sample.allDead) {
    const chain = chainOf(sample, symbols)
    return symbols === null || chain.some(name => earlyHandler.test(name)) ? first : null
  }
  return isLoop(interrupts.last) ? first : null
}

/**
 * The exception itself, or the one before it, for which the kernel has no handler: a #GP of that says by bit 1 of its error code that it
 * is of the IDT, and which entry it missed, of 8 bytes on a CPU (Intel SDM vol. 3A, 6.13) and of 16 in QEMU's emulation.
 */
function unserved(found: Delivery, before: Delivery | undefined): Delivery {
  if (before?.state == null || found.state === null || (found.error & 2) === 0) return found
  const entries = [found.error >>> 3, found.error >>> 4]
  const isSame = instructionAddress(before.state) === instructionAddress(found.state)
  return found.vector === generalProtection && isSame && entries.includes(before.vector)
    ? before
    : found
}

const generalProtection = 13

// Far more than the kernel takes of the same at the same place on its way.
const loopLength = 16

/** Whether the last that happened was the same exception, at the same place, again and again. */
function isLoop(last: readonly Delivery[]): boolean {
  const tail = last.slice(-loopLength)
  const keys = new Set(
    tail.map(({ vector, state }) => `${vector} ${state === null ? '' : instructionAddress(state)}`),
  )
  // A handler that faults in turn makes two or three of it.
  return (
    tail.length === loopLength && keys.size <= 3 && tail.every(({ vector }) => isException(vector))
  )
}

function functionOf({ state }: Delivery, symbols: SymbolTable | null): string | null {
  return state === null ? null : (findFunction(instructionAddress(state), symbols) ?? null)
}

function ofException(
  { vector, error, address }: Delivery,
  state: CpuState,
  { samples, interrupts }: GuestLook,
  symbols: SymbolTable | null,
): PlaceOfDeath {
  const at = instructionAddress(state)
  const name = findFunction(at, symbols)
  const last = samples?.samples.at(-1)
  const chain = last === undefined ? [] : chainOf(last, symbols)
  const own = name === null ? -1 : chain.indexOf(name)
  return {
    exception: {
      vector,
      name: exceptionName(vector),
      error,
      address,
      tripleFault: interrupts?.tripleFault === true,
    },
    function: name,
    where: whereIs(state, symbols),
    waits: last?.allDead === true ? 'dead' : null,
    cpu: state,
    address: at,
    instruction: samples?.instructions.get(at) ?? null,
    trace: own < 0 ? [] : chain.slice(own, own + longestTrace),
    seen: [],
  }
}

function ofHang(look: GuestSamples, symbols: SymbolTable | null): PlaceOfDeath | null {
  const { samples, instructions } = look
  const chains = samples.map(sample => chainOf(sample, symbols))
  const name = loopingFunction(look, chains, symbols)
  const shown = samples.find((_, index) => chains[index]?.[0] === name)
  const sample = shown ?? samples.find((_, index) => chains[index]?.includes(name ?? ''))
  const { cpu } = sample ?? samples[0] ?? {}
  if (cpu === undefined) return null
  const at = instructionAddress(cpu)
  const chain = sample === undefined ? [] : chainOf(sample, symbols)
  return {
    exception: null,
    function: name,
    where: whereIs(cpu, symbols),
    waits: samples.every(({ allDead }) => allDead)
      ? 'dead'
      : samples.every(({ allHalted }) => allHalted)
        ? 'idle'
        : isRefused(samples, instructions.get(at))
          ? 'refused'
          : null,
    cpu,
    address: at,
    instruction: instructions.get(at) ?? null,
    trace: chain.slice(0, longestTrace),
    seen: countOf(chains.flatMap(([innermost]) => innermost ?? [])),
  }
}

// QEMU's emulation makes a #VMEXIT of a value that it takes for reserved, also where there is nobody to exit to, and begins the
// instruction again (helper_write_crN() and cr4_reserved_bits() in QEMU's target/i386). To load a control register takes no time.
const loadsControl = /^mov\w* .*%cr\d$/

/** Whether a CPU is always at the same instruction, which can't take long. */
function isRefused(samples: readonly GuestSample[], instruction: string | undefined): boolean {
  const places = new Set(samples.map(({ cpu }) => instructionAddress(cpu)))
  return places.size === 1 && samples.length > 1 && loadsControl.test(instruction ?? '')
}

function countOf(names: readonly string[]): { function: string; times: number }[] {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts]
    .map(([name, times]) => ({ function: name, times }))
    .toSorted((a, b) => b.times - a.times)
}

const longestTrace = 8
