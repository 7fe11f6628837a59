import * as z from 'zod'
import { kernelTscSchema } from '../hypervisors/cpu-facts.js'
import { guestFactsSchema } from '../hypervisors/facts.js'
import { interfaceClasses } from '../hypervisors/interface.js'
import { interfaceIds, ownerNames } from '../hypervisors/table.js'
import { verdicts } from '../judge/verdict.js'
import { compositionRules } from '../observe/composition.js'
import { accelerators } from '../plan/accelerator.js'
import { clocks } from '../plan/clock.js'
import type { ReadonlyDeep } from '../read-only.js'
import { askedLeafSchema, seenLeavesSchema } from './cpuid.js'
import { measures } from './measures-schema.js'
import { placeSchema } from './place.js'
import { sanityRules } from '../scenario/sanity-rule.js'
import { fidelities, outcomes } from '../scenario/outcome.js'
import { scenarioName } from '../scenario/schema-parts.js'

const observedInterface = z.strictObject({
  id: z.enum(interfaceIds),
  class: z.enum(interfaceClasses),
  owner: z.enum(ownerNames),
  offered: z.string().nullable().describe('the evidence, or null where there is none'),
  adopted: z.string().nullable().describe('the evidence, or null where there is none'),
})

const featureNames = z.array(z.string()).optional()

const unmet = z.strictObject({
  field: z.string().describe("as in the scenario's file, such as clocksource.current"),
  want: z.string(),
  got: z.string(),
  file: z.string().nullable().describe('where that is expected; null where it can’t be told'),
  line: z.int().nullable().describe('counted from 1'),
})

/** The record of one scenario on one kernel. */
export const recordSchema = z
  .strictObject({
    schema: z.literal('guise-record-1'),
    run: z.string().describe('the run that made it; as in the run.json of its results folder'),
    worker: z
      .string()
      .optional()
      .describe('the worker of a queue that ran the guest; absent: the run did; never compared'),
    scenario: scenarioName,
    file: z.string().nullable().describe('the YAML file that the scenario stands in'),
    kernel: z.strictObject({
      spec: z.string().describe('the kernel as it was asked for'),
      release: z.string().describe('uname -r'),
      version: z.string().describe('the upstream point release'),
      banner: z.string().describe('what the image says of who built it and when'),
      sha256: z.string(),
      guestSupport: z
        .record(z.string(), z.string())
        .nullable()
        .describe(
          'the symbols of its configuration that decide which hypervisors it knows: y, m or n; null: not known',
        ),
    }),
    commandLine: z.string().nullable().describe("the kernel's; null where no guest was started"),
    qemu: z.strictObject({
      version: z.string(),
      argv: z.array(z.string()).describe('the whole command; empty where none was started'),
    }),
    qemuWhy: z
      .string()
      .nullable()
      .optional()
      .describe('why guise took this QEMU by itself; null: the one in PATH, or asked for by name'),
    accel: z.enum(accelerators),
    accelWhy: z.string().optional().describe('why it was this accelerator'),
    clock: z
      .enum(clocks)
      .nullable()
      .optional()
      .describe('virtual: instructions count as time; null where no guest was started'),
    clockWhy: z.string().nullable().optional().describe('why it was this clock'),
    fidelity: z.enum(fidelities),
    vendor: z.string().nullable().describe('the CPU vendor that the guest is shown'),
    outcome: z.enum(outcomes).nullable().describe('null where no guest was started'),
    diedIn: z.string().nullable().describe('the function that the kernel died in, or null'),
    stuckIn: z
      .string()
      .nullable()
      .optional()
      .describe('the function that a guest which hangs stays in, or null'),
    place: placeSchema.nullable().optional(),
    ending: z.string().nullable().describe('why the outcome is what it is: one sentence'),
    verdict: z.enum(verdicts),
    why: z.array(z.string()),
    unmet: z
      .array(unmet)
      .describe('the parts of the expectation that were not met, if that is why it did not pass'),
    kernelSaid: z
      .array(z.string())
      .describe("the kernel's own lines that bear on why it did not pass"),
    rule: z
      .string()
      .nullable()
      .describe("the commit or rule that the scenario's expectation names, or null"),
    applied: z.boolean().nullable().describe('asked-versus-got holds; null: no report to compare'),
    cpuid: z.strictObject({
      asked: z.array(askedLeafSchema),
      got: z.array(seenLeavesSchema),
    }),
    withheld: featureNames.describe('what `serve: able` kept back: it cannot be executed'),
    lacking: featureNames.describe('what the guest is shown though it cannot be executed'),
    ...guestFactsSchema.shape,
    interfaces: z.array(observedInterface),
    composition: z.strictObject({
      owners: z.array(z.string()),
      mixed: z.boolean(),
      violations: z.array(
        z.strictObject({
          rule: z.enum(compositionRules),
          interfaces: z.array(z.enum(interfaceIds)),
          evidence: z.array(z.string()),
        }),
      ),
    }),
    dmi: z
      .record(z.string(), z.string())
      .optional()
      .describe(
        'the files of /sys/class/dmi/id but serial numbers and UUID, by name; no part of a baseline',
      ),
    notShown: z
      .array(z.string())
      .optional()
      .describe("the features of the first vCPU's CPUID that /proc/cpuinfo does not show"),
    kernelTsc: kernelTscSchema.nullish().describe('what it says of its TSC; null: nothing'),
    broken: z
      .array(
        z.strictObject({
          rule: z.enum(sanityRules),
          shown: z.string().describe("the kernel's line, or what does not agree"),
        }),
      )
      .optional()
      .describe('the rules of any sane kernel that it broke; earlier versions looked at none'),
    log: z.array(z.string()).describe('the lines of the kernel log that tell of detection'),
    console: z.string().nullable().describe('the path of the raw console log'),
    picture: z
      .string()
      .nullable()
      .optional()
      .describe('the path of what the guest showed, a PNG; null: it was to show nothing'),
    kernelLog: z
      .string()
      .nullable()
      .describe('the path of the whole kernel log, where the console was quiet'),
    reruns: z
      .array(z.string())
      .describe(
        'why the guest was run again, each time; the last run counts, unless `why` says otherwise',
      ),
    ...measures,
    fingerprint: z
      .strictObject({
        guise: z.string(),
        qemu: z.string().describe('the path of the binary, or as `--qemu` names it'),
        initramfs: z.string().nullable().describe('sha256'),
        override: z.string().nullable().describe('sha256 of the preloaded object'),
        host: z.strictObject({ kernel: z.string(), cpu: z.string() }),
      })
      .describe('what the result was made with; never compared'),
  })
  .meta({ title: 'guise record' })

/** What one guest came to, by `recordSchema`: what was asked and offered, what was detected and adopted, and the verdict. */
export interface GuiseRecord extends ReadonlyDeep<z.output<typeof recordSchema>> {}
