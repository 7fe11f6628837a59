import type { SymbolTable } from '../../images/kernel/symbol-table.js'
import { instructionAddress, stackPointer } from '../console/look/cpu-state.js'
import { mostUsedStack, stackAt } from '../console/look/kernel-stack.js'
import type { GuestSamples } from '../console/look/sample-guest.js'
import { findFunction } from './code-place.js'

/**
 * The function that a guest stays in: of those that were seen to execute, the one that all others return to, whose frame is the
 * outermost. Null where none is known.
 */
export function loopingFunction(
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
