import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { buildsFolder } from '../../../images/kernel/build/build-record.js'
import { packageRoot } from '../../../runner/paths.js'

/** A change to a kernel's source, as a sed(1) script for each file. */
export type SourcePatch = Readonly<Record<string, string>>

const moduleLists = ['modules.order', 'modules.builtin']

/**
 * Builds a patched kernel on top of the finished build of its tree, and leaves both as they were: an overlay lies over the tree
 * and over guise's build folders, in a mount namespace that is gone with the build. Needs root.
 *
 * @param tree - a source tree that guise has built
 * @param folder - an empty folder for what is changed
 * @returns the folder of the patched build, a KERNEL SPEC
 */
export async function buildPatched(
  tree: string,
  build: string,
  patch: SourcePatch,
  folder: string,
): Promise<string> {
  const overlay = (lower: string, name: string) => {
    const [upper, work] = [join(folder, name, 'upper'), join(folder, name, 'work')]
    for (const made of [upper, work]) mkdirSync(made, { recursive: true })
    return [
      'mount',
      '-t',
      'overlay',
      'overlay',
      '-o',
      `lowerdir=${lower},upperdir=${upper},workdir=${work}`,
      lower,
    ]
  }
  const result = join(folder, 'kernel')
  mkdirSync(join(result, 'arch/x86/boot'), { recursive: true })
  const commands = [
    overlay(tree, 'tree'),
    overlay(buildsFolder(), 'builds'),
    ...Object.entries(patch).map(([file, script]) => ['sed', '-i', script, join(tree, file)]),
    [join(packageRoot, 'scripts/guise'), 'kernel', 'build', tree],
    ...['vmlinux', '.config', 'guise-build.json', 'arch/x86/boot/bzImage', ...moduleLists].map(
      file => ['cp', join(build, file), join(result, file)],
    ),
    ['cd', build],
    ['find', '.', '-name', '*.ko', '-exec', 'cp', '--parents', '{}', result, ';'],
  ]
  const script = commands.map(words => words.map(word => `'${word}'`).join(' ')).join('\n')
  await execa('unshare', ['-m', 'sh', '-e', '-c', script], { stdin: 'ignore' })
  return result
}
