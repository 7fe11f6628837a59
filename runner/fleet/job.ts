import * as z from 'zod'
import { clocks } from '../plan/clock.js'
import { scenarioName } from '../scenario/schema-parts.js'
import { demandSchema } from './demand.js'

/** The SHA-256 of a blob, in lower-case hex. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

const words = z.string().max(4096)

/** A guest that is to be run: what a run puts into a queue. What is large lies beside, as blobs. */
export const jobSchema = z.strictObject({
  guise: words.describe('the version that asks'),
  waiter: z.uuid().describe('whose keys say whether anybody still waits for it'),
  run: words.describe('the id of the run, for the record'),
  scenario: z.strictObject({
    name: scenarioName,
    file: sha256.describe('of its whole YAML file'),
    digest: sha256.describe('of what it says, so that both sides mean the same'),
    dumps: z.record(words, sha256).describe('the raw dumps that it names'),
  }),
  kernel: z.strictObject({
    spec: words,
    sha256,
    bzImage: sha256.nullable(),
    about: sha256.describe('what is known of it beside its image: kernelAboutSchema'),
  }),
  modules: z
    .union([
      z.strictObject({ unavailable: words }),
      z.array(
        z.strictObject({
          path: z.string().regex(/^modules\/(?:load|[A-Za-z0-9_-]{1,100}\.ko)$/),
          sha256,
        }),
      ),
    ])
    .describe('files of its initramfs, or why there are none'),
  options: z.strictObject({
    accelerator: demandSchema.shape.accelerator,
    qemu: demandSchema.shape.qemu,
    channel: z.enum(['shared-memory', 'serial']).nullable(),
    clock: z.enum(clocks).nullable(),
    fullConsole: z.boolean(),
    totalMs: z.number().positive().nullable(),
  }),
})

/** See {@link jobSchema}. */
export type FleetJob = z.output<typeof jobSchema>

const flagBit = z.strictObject({
  leaf: z.number(),
  subleaf: z.number(),
  register: z.enum(['eax', 'ebx', 'ecx', 'edx']),
  bit: z.number(),
})

/** What is known of a kernel beside its image. */
export const kernelAboutSchema = z.strictObject({
  config: z.string().nullable(),
  flagBits: z.array(z.tuple([z.string(), z.array(flagBit)])).nullable(),
})

/** What a worker answers: the blob with the result, or why the job is none. */
export const answerSchema = z.union([
  z.strictObject({ result: sha256, worker: words }),
  z.strictObject({ refused: z.string(), worker: words }),
])

/** See {@link answerSchema}. */
export type FleetAnswer = z.output<typeof answerSchema>

/** What a run is told of a guest of its own. */
export const newsSchema = z.strictObject({
  job: words,
  what: z.enum(['start', 'back', 'end']),
  worker: words,
})

/** See {@link newsSchema}. */
export type FleetNews = z.output<typeof newsSchema>

/** The most bytes of a result's blob. */
export const mostResultBytes = 128 * 2 ** 20
