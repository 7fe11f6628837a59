import { join } from 'node:path'
import { execa } from 'execa'
import { InputError } from '../../../runner/errors.js'
import { writeAtomically } from '../../../runner/cache/files.js'
import { inheriting, withGuise } from '../../../runner/cache/child.js'
import type { ResolveOptions } from '../kernel.js'
import type { Configuration } from './configuration.js'
import { runMake, type MakePlace } from './make.js'

/**
 * Configures a build folder: the tree's own tinyconfig or a whole .config, with a fragment merged into it.
 *
 * @throws InputError when the tree cannot merge it
 * @throws BuildError when its configuration programs do not build
 */
export async function configure(
  place: MakePlace,
  { base, fragment }: Configuration,
  options: ResolveOptions,
): Promise<void> {
  const { source, output } = place
  const config = join(output, '.config')
  if (base === null) await runMake(place, ['tinyconfig'], options)
  else await writeAtomically(config, base)
  const merged = join(output, 'guise-fragment.config')
  await writeAtomically(merged, fragment)
  // -m: only merges; the kernel's own configuration program then settles what depends on what.
  const merge = await execa(
    ...withGuise(join(source, 'scripts/kconfig/merge_config.sh'), [
      ...['-m', '-O', output, config, merged],
    ]),
    {
      cwd: source,
      reject: false,
      stdio: inheriting('ignore', place.held),
      ...(options.signal && { cancelSignal: options.signal }),
    },
  )
  options.signal?.throwIfAborted()
  if (merge.failed) {
    throw new InputError(
      `${source} cannot merge its configuration: ${merge.stderr.trim() || merge.shortMessage}`,
    )
  }
  await runMake(place, ['olddefconfig'], options)
}
