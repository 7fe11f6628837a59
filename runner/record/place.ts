import * as z from 'zod'
import type { PlaceOfDeath } from '../observe/place-of-death.js'
import type { ReadonlyDeep } from '../read-only.js'

const hexadecimal = z.string().regex(/^0x[0-9a-f]+$/)

/** Where a guest died or stays, in a record. */
export const placeSchema = z
  .strictObject({
    exception: z
      .strictObject({
        vector: z.int().min(0),
        name: z.string(),
        error: hexadecimal.describe('the error code'),
        address: hexadecimal.nullable().describe('of a page fault'),
        tripleFault: z.boolean(),
      })
      .nullable()
      .describe('what the guest died of; null: it hangs'),
    where: z.enum(['kernel', 'boot code', 'firmware']),
    function: z.string().nullable(),
    waits: z
      .enum(['dead', 'idle', 'refused'])
      .nullable()
      .describe('halted for ever, for an interrupt, or at an instruction that never completes'),
    cpu: z.int().min(0),
    rip: hexadecimal.describe('without what KASLR adds'),
    instruction: z.string().nullable(),
    trace: z.array(z.string()).describe('what its stack suggests, the innermost function first'),
    seen: z
      .array(z.strictObject({ function: z.string(), times: z.int().min(1) }))
      .describe('of a hang: the functions that it was seen in'),
    registers: z.record(z.string(), hexadecimal),
  })
  .describe(
    'where a guest that ended without a word died or stays, as another run of it showed; null: not seen',
  )

/** See {@link placeSchema}. */
export type RecordedPlace = ReadonlyDeep<z.output<typeof placeSchema>>

/** A place as a record has it. */
export function encodePlace(place: PlaceOfDeath): RecordedPlace {
  const { exception, where, waits, cpu, address, instruction, trace, seen } = place
  return {
    exception: exception && {
      ...exception,
      error: hex(exception.error),
      address: exception.address === null ? null : hex(exception.address),
    },
    where,
    function: place.function,
    waits,
    cpu: cpu.cpu,
    rip: hex(address),
    instruction,
    trace,
    seen,
    registers: Object.fromEntries(
      [...cpu.registers]
        .filter(([name]) => ofCode.test(name))
        .map(([name, value]) => [name, hex(value)]),
    ),
  }
}

// Those of the code and its page tables; a debugger's and the FPU's tell nothing of a death like these.
const ofCode = /^(?:[ER](?:[A-D]X|[SD]I|[BSI]P|FL)|R\d+|RFL|EFL|CR\d|EFER)$/

function hex(value: bigint | number): string {
  return `0x${value.toString(16)}`
}
