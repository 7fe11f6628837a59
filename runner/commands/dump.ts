import { formatRawDump } from '../cpuid/dump/write.js'
import { InputError } from '../errors.js'
import { decodeSeen } from '../record/cpuid.js'
import { bareScenario } from '../scenario/bare.js'
import { noteOnStderr } from '../terminal/standard-error.js'
import { scenariosFor } from './catalogue.js'
import { interruptible } from './interruptible.js'
import { type GuestOptions, runOptionsOf } from './run-options.js'
import { runWithProgress } from './run-with-progress.js'
import { print } from './standard-output.js'

/**
 * `guise dump [SCENARIO]`: boots the guest and prints the CPUID that it saw, in `cpuid -r` form. The hypervisor leaves
 * that read as absent are left out.
 */
export async function dump(word: string | undefined, options: GuestOptions): Promise<number> {
  const scenarios = word === undefined ? [bareScenario()] : await scenariosFor([word])
  const [scenario] = scenarios
  if (scenario === undefined || scenarios.length > 1) {
    throw new InputError(
      `dump: expected one scenario, got ${scenarios.length} with \`${word ?? ''}\``,
    )
  }
  return interruptible(async signal => {
    const [record] = await runWithProgress({
      ...runOptionsOf(options, [scenario], 'asides', signal),
      unjudged: true,
    })
    const cpus = record?.cpuid.got.map(decodeSeen) ?? []
    if (record === undefined || cpus.length === 0) {
      const why = record?.ending ?? record?.why.join('; ') ?? 'no record'
      noteOnStderr(`dump: the guest brought no CPUID out: ${why}`)
      return 3
    }
    await print(formatRawDump(cpus))
    return 0
  })
}
