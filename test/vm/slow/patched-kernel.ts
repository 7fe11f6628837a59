import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { buildsFolder } from '../../../images/kernel/build/build-record.js'
import { packageRoot } from '../../../runner/paths.js'

/** A change to a kernel's source, as a sed(1) script for each file. */
export type SourcePatch = Readonly<Record<string, string>>

/**
 * What a patch of a header is compiled into: nothing else that includes the header, which may be nearly everything, is compiled
 * anew, because the patched file keeps its time.
 */
export type CompiledAnew = readonly string[]

const moduleLists = ['modules.order', 'modules.builtin']

/**
 * Builds a patched kernel on top of the finished build of its tree, and leaves both as they were: an overlay lies over the tree
 * and over guise's build folders, in a mount namespace that is gone with the build. Needs root.
 *
 * @param tree - a source tree that guise has built
 * @param folder - an empty folder for what is changed
 * @param anew - the files that the patch is compiled into; without it whatever depends on a patched file
 * @returns the folder of the patched build, a KERNEL SPEC
 */
export async function buildPatched(
  tree: string,
  build: string,
  patch: SourcePatch,
  folder: string,
  anew?: CompiledAnew,
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
    ...Object.entries(patch).flatMap(([file, script]) =>
      patchFile(join(tree, file), script, anew !== undefined),
    ),
    ...(anew ?? []).map(file => ['touch', join(tree, file)]),
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

/** Fails where the script changes nothing: a kernel that is not patched would pass for one that nothing catches. */
function patchFile(path: string, script: string, keepTime: boolean): string[][] {
  const before = `${path}.before`
  return [
    ['cp', '-p', path, before],
    ['sed', '-i', script, path],
    ['sh', '-c', '! cmp -s "$1" "$2"', 'sh', path, before],
    ...(keepTime ? [['touch', '-r', before, path]] : []),
    ['rm', before],
  ]
}
