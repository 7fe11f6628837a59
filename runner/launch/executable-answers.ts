import * as z from 'zod'
import { executableLeaves } from '../cpuid/executable.js'
import type { LeafValue } from '../cpuid/leaf.js'

/** QEMU's model that has all that the accelerator can execute: the one which is asked. */
export const askedModel = 'max'

/** What the tiny guest is asked (guest/tiny/README.md). */
export const executableItems: readonly string[] = executableLeaves.map(([leaf, subleaf]) =>
  subleaf === 0 ? leaf.toString(16) : `${leaf.toString(16)}.${subleaf.toString(16)}`,
)

const uint32 = z.int().min(0).max(0xffffffff)

/** The leaves that the tiny guest read, as they are kept. */
export const executableSchema = z.array(
  z.object({
    leaf: uint32,
    subleaf: uint32,
    registers: z.object({ eax: uint32, ebx: uint32, ecx: uint32, edx: uint32 }),
  }),
)

/** What the tiny guest wrote; null where that is not an answer to each item. */
export function parseExecutable(output: string): LeafValue[] | null {
  const leaves = output
    .trim()
    .split(/\r?\n/)
    .map(line => /^(?:[0-9a-f]{8} ){5}[0-9a-f]{8}$/.exec(line)?.[0].split(' ') ?? [])
    .map(words => words.map(digits => Number.parseInt(digits, 16)))
    .flatMap(([leaf, subleaf, eax, ebx, ecx, edx]): LeafValue[] =>
      leaf === undefined || subleaf === undefined
        ? []
        : [
            {
              leaf,
              subleaf,
              registers: { eax: eax ?? 0, ebx: ebx ?? 0, ecx: ecx ?? 0, edx: edx ?? 0 },
            },
          ],
    )
  const isWhole = executableLeaves.every(([leaf, subleaf], index) => {
    const answer = leaves[index]
    return answer?.leaf === leaf && answer.subleaf === subleaf
  })
  return isWhole ? leaves : null
}
