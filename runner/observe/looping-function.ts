import type { SymbolTable } from '../../images/kernel/symbol-table.js'
import { instructionAddress, stackPointer } from '../console/look/cpu-state.js'
import { mostUsedStack, stackAt } from '../console/look/kernel-stack.js'
import type { GuestSamples } from '../console/look/sample-guest.js'
import { findFunction } from './code-place.js'

// Functions that loop by themselves never, and are yet met more often than the loop that they are called or left from: one around an
// instruction that takes the accelerator far longer than the guest takes for its loop (arch/x86/include/asm/cpuid.h, processor.h), and
// the thunks that returns and indirect calls become (arch/x86/lib/retpoline.S).
const neverLoops = /^(?:native_cpuid|\w*_(?:return_thunk|safe_ret)|__x86_indirect_\w*thunk_\w+)$/

/**
 * The function that a guest stays in: of those that were seen to execute, the one that all others return to, whose frame is the
 * outermost. Null where none is known.
 *
 * @param chains - of each sample the functions that its stack tells, from the innermost
 */
export function loopingFunction(
  looks: GuestSamples,
  chains: readonly (readonly string[])[],
  symbols: SymbolTable | null,
): string | null {
  const name = outermostSeen(looks, symbols)
  if (name === null || !neverLoops.test(name)) return name
  const callers = new Set(
    chains
      .filter(([inner]) => inner !== undefined && neverLoops.test(inner))
      .map(chain => chain.find(each => !neverLoops.test(each))),
  )
  const [caller, other] = callers
  return other === undefined ? (caller ?? name) : name
}

function outermostSeen(
  { samples, steps }: GuestSamples,
  symbols: SymbolTable | null,
): string | null {
  const looks = samples.map(({ cpu }) => ({
    instruction: instructionAddress(cpu),
    stack: stackPointer(cpu),
  }))
  const own = mostUsedStack(looks.map(({ stack }) => stack))
  let outermost: { readonly name: string; readonly stack: bigint } | null = null
  for (const { instruction, stack } of [...looks, ...steps]) {
    if (stackAt(stack) !== own || (outermost !== null && stack <= outermost.stack)) continue
    const name = findFunction(instruction, symbols)
    if (name !== null) outermost = { name, stack }
  }
  return outermost?.name ?? null
}
