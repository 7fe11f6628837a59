import { join } from 'node:path'
import * as z from 'zod'
import { accelerators } from '../plan/accelerator.js'
import { clocks } from '../plan/clock.js'

/** What a run was, beside its records: `run.json` in its results folder. */
export const runManifestSchema = z
  .strictObject({
    schema: z.literal('guise-run-1'),
    run: z.string().describe('the run’s id, which each of its records bears'),
    started: z.iso.datetime(),
    ended: z.iso.datetime().nullable().describe('null: it still goes on, or was interrupted'),
    notRun: z
      .int()
      .min(0)
      .default(0)
      .describe('how many guests `--fail-fast` left out: they have no record'),
    shard: z
      .strictObject({
        index: z.int().min(1),
        count: z.int().min(1),
        division: z.string().describe('which division of the whole run it is a part of'),
        guests: z.int().min(1).optional().describe('how many guests the whole run has'),
      })
      .optional()
      .describe('which part of a run it is, if it is not the whole'),
    lacks: z
      .strictObject({
        shards: z.array(z.int().min(1)).describe('their numbers'),
        count: z.int().min(1).describe('of how many'),
        guests: z.int().min(1).describe('how many guests they have'),
      })
      .optional()
      .describe('the shards that were not there when others were merged'),
    repetition: z
      .strictObject({ number: z.int().min(1), of: z.int().min(1) })
      .optional()
      .describe('which run of `--repeat` it is'),
    guise: z.string().describe('the version'),
    command: z.array(z.string()).describe('the command line; empty for a run by the library'),
    cwd: z.string().describe('the working folder, which relative paths are relative to'),
    kernels: z.array(
      z.strictObject({
        spec: z.string().describe('the kernel as it was asked for'),
        release: z.string().describe('uname -r'),
        version: z.string().describe('the upstream point release'),
        sha256: z.string(),
        folder: z.string().describe('where its records are, in the results folder'),
        scenarios: z
          .array(z.string())
          .optional()
          .describe('the names of those that were to run on it; without it all of `scenarios`'),
      }),
    ),
    scenarios: z.array(
      z.strictObject({
        name: z.string(),
        file: z.string(),
        digest: z
          .string()
          .optional()
          .describe('of all that it says, so that a run which goes on can tell it is the same'),
      }),
    ),
    options: z.strictObject({
      accelerator: z.enum(['auto', ...accelerators]),
      qemu: z.string().nullable().describe('the path, if one was asked for'),
      jobs: z.int().min(1),
      channel: z.enum(['shared-memory', 'serial']).nullable(),
      clock: z.enum(clocks).nullable().default(null).describe('`--clock`'),
      fullConsole: z.boolean(),
      allowHostFiles: z.boolean().default(false).describe('`--allow-host-files`'),
      totalMs: z.number().nullable().describe('the total deadline in ms, if one was asked for'),
    }),
  })
  .meta({ title: 'guise run' })

/** See {@link runManifestSchema}. */
export type RunManifest = z.output<typeof runManifestSchema>

/** The path of the manifest in a results folder. */
export function manifestPath(resultsFolder: string): string {
  return join(resultsFolder, 'run.json')
}
