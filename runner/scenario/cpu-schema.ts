import * as z from 'zod'
import { mapping, properties, signature } from './schema-parts.js'

const tscRate = 'told, own or a whole number of kHz from 1000 to 100000000'

const modelName = 'the name of a CPU model of QEMU, whose features stand in cpu.properties'

// QEMU's -cpu begins the next property at a comma, and knows no way to write one (target/i386/cpu.c, x86_cpu_parse_featurestr()).
const withoutComma = 'no comma, at which QEMU’s -cpu begins another property'

/** The CPU model of scenarios that state none and show no dump: a named one, which no new QEMU changes. */
export const defaultModel = 'qemu64-v1'

/** The CPU model of QEMU that a scenario starts from, with its properties and its TSC. */
export const cpu = mapping({
  model: z
    .string(modelName)
    // A comma would begin a feature that nothing is known of: neither whose vendor it is, nor whether the guest has it.
    .regex(/^[\w.-]+$/, modelName)
    .optional()
    .describe(
      `without it ${defaultModel}, or max if a dump is served able: TCG executes only what the model has`,
    ),
  vendor: signature('a vendor of 12 characters', 12)
    .refine(vendor => !vendor.includes(','), withoutComma)
    .optional()
    .describe('without it the own vendor of the model, whatever the accelerator'),
  properties: properties('CPU').superRefine((given, context) => {
    for (const [name, value] of Object.entries(given))
      if (String(value).includes(','))
        context.addIssue({ code: 'custom', path: [name], message: withoutComma })
  }),
  tsc: z
    .union(
      [z.enum(['told', 'own']), z.int(tscRate).min(1000, tscRate).max(100_000_000, tscRate)],
      tscRate,
    )
    .optional()
    .describe(
      'what the TSC counts at: a rate in kHz; what leaf 0x15, 0x16 or 0x40000010 tells (the default with a dump); else its own',
    ),
}).superRefine(({ tsc, properties: given }, context) => {
  if (tsc !== undefined && tsc !== 'own' && given['tsc-frequency'] !== undefined)
    context.addIssue({
      code: 'custom',
      path: ['properties', 'tsc-frequency'],
      message: 'no frequency beside `cpu.tsc`',
    })
})
