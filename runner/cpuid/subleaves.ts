/**
 * The leaves that have subleaves, whatever a dump shows of them; as in guest/subleaves.c. Intel SDM vol. 2A, CPUID; AMD APM vol. 3,
 * appendix E.4.
 */
const indexedLeaves: ReadonlySet<number> = new Set([
  ...[
    0x4, 0x7, 0xb, 0xd, 0xf, 0x10, 0x12, 0x14, 0x17, 0x18, 0x1b, 0x1d, 0x1e, 0x1f, 0x20, 0x23, 0x24,
  ],
  ...[0x8000001d, 0x80000020, 0x80000026],
])

/** Whether the answer to a leaf depends on ECX. */
export function hasSubleaves(leaf: number): boolean {
  return indexedLeaves.has(leaf)
}
