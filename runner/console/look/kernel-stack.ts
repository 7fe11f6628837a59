// Stacks of the kernel are of 16 KiB, and begin at a multiple of that (THREAD_SIZE and IRQ_STACK_SIZE, page_64_types.h).
const sizeBits = 14n

/** The stack that an address lies on, as a number of its own. */
export function stackAt(pointer: bigint): bigint {
  return pointer >> sizeBits
}

/** The stack that most looks found a CPU on: an interrupt that came at one of them is served on a stack of its own. */
export function mostUsedStack(pointers: readonly bigint[]): bigint | null {
  const counts = new Map<bigint, number>()
  for (const pointer of pointers) {
    counts.set(stackAt(pointer), (counts.get(stackAt(pointer)) ?? 0) + 1)
  }
  const [most] = [...counts].toSorted(([, a], [, b]) => b - a)
  return most?.[0] ?? null
}
