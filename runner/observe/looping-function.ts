import type { SymbolTable } from '../../images/kernel/symbol-table.js'
import { instructionAddress, stackPointer } from '../console/look/cpu-state.js'
import { mostUsedStack, stackAt } from '../console/look/kernel-stack.js'
import type { GuestSamples } from '../console/look/sample-guest.js'
import { findFunction } from './code-place.js'

// A function around an instruction that takes the accelerator far longer than the guest takes for its loop, so that a look hardly
// ever finds the loop itself. Such a function loops by itself never (arch/x86/include/asm/cpuid.h and processor.h).
const aroundOneInstruction: readonly string[] = ['native_cpuid']

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
  if (name === null || !aroundOneInstruction.includes(name)) return name
  const callers = new Set(chains.filter(([inner]) => inner === name).map(([, caller]) => caller))
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
