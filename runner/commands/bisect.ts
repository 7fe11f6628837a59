import { InputError } from '../errors.js'
import { parseSought } from '../bisect/until.js'
import type { BisectOptions } from './bisect-options.js'
import { bisectPackages } from './bisect-packages.js'
import { bisectTree } from './bisect-tree.js'
import { scenariosFor } from './catalogue.js'
import { interruptible } from './interruptible.js'
import { resolve } from 'node:path'

/**
 * `guise bisect --good REV --bad REV [--tree DIR] SCENARIO...`: finds the commit, or the packaged kernel, that brought a difference.
 * It goes on where an earlier one with the same question was ended.
 *
 * @returns 0 when it is found, 3 when only what had to be skipped is left
 */
export async function bisectCommand(
  words: readonly string[],
  options: BisectOptions,
): Promise<number> {
  if (words.length === 0) throw new InputError('bisect: expected a scenario, got none')
  if (options.kernel !== undefined)
    throw new InputError('--kernel: expected none, since --good and --bad are the kernels')
  for (const each of options.until ?? []) parseSought(each)
  const scenarios = await scenariosFor(words, options.filter)
  const kvmOnly = scenarios.find(({ needs }) => needs.fidelity === 'kvm')
  if (options.accel === 'tcg' && kvmOnly !== undefined)
    throw new InputError(
      `--accel tcg: expected an accelerator of fidelity kvm, which ${kvmOnly.name} needs`,
    )
  return interruptible(
    async signal =>
      options.tree === undefined
        ? bisectPackages({ scenarios, options, signal })
        : bisectTree(resolve(options.tree), { scenarios, options, signal }),
    'ending this step; the same command goes on from here',
  )
}
