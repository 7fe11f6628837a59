import { createHash } from 'node:crypto'
import { readFile, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { EnvironmentError, InputError } from '../../../runner/errors.js'
import { withGuise } from '../../../runner/cache/child.js'

/** A kernel source tree. */
export interface SourceTree {
  /** Its absolute path, without symbolic links. */
  readonly path: string
  /** Of its Makefile, such as `6.1.192` or `7.3.0-rc4`. */
  readonly version: string
}

/**
 * Looks at a folder as a kernel source tree.
 *
 * @param name - what messages call it
 * @throws InputError when it is none, saying what is there instead
 */
export async function openSourceTree(path: string, name: string): Promise<SourceTree> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) {
    throw new InputError(
      `kernel source ${name}: no such folder; expected a kernel source tree, or debian:SUITE for Debian's`,
    )
  }
  if (!found.isDirectory()) {
    throw new InputError(
      `kernel source ${name} is no folder; unpack it first, and give the folder with its Makefile`,
    )
  }
  const version = await versionOfTree(path)
  if (version === undefined) {
    throw new InputError(
      `kernel source ${name} is no kernel source tree: it has no Makefile that states VERSION and PATCHLEVEL, or no arch/x86`,
    )
  }
  return { path: await realpath(path), version }
}

/** What the Makefile of a kernel tree states as its version; undefined where there is no such Makefile, or no x86. */
export async function versionOfTree(path: string): Promise<string | undefined> {
  const makefile = await readFile(join(path, 'Makefile'), 'utf8').catch(() => '')
  const field = (name: string) => new RegExp(`^${name} *= *(\\S*)$`, 'm').exec(makefile)?.[1]
  const [major, minor] = [field('VERSION'), field('PATCHLEVEL')]
  const hasX86 = await stat(join(path, 'arch/x86')).catch(() => undefined)
  if (!major || !minor || hasX86 === undefined) return undefined
  return `${major}.${minor}.${field('SUBLEVEL') ?? '0'}${field('EXTRAVERSION') ?? ''}`
}

/**
 * Where a tree was built in place, the kernel's Makefile refuses to build it elsewhere ("The source tree is not clean").
 *
 * @throws InputError when it was
 */
export async function checkClean({ path }: SourceTree, name: string): Promise<void> {
  for (const trace of ['.config', 'include/config', 'arch/x86/include/generated']) {
    const found = await stat(join(path, trace)).catch(() => undefined)
    if (found === undefined) continue
    throw new InputError(
      `kernel source ${name} was built in place (it has ${trace}), so that its Makefile builds nowhere else; run \`make mrproper\` there, or give a clean copy, such as of \`git worktree add\``,
    )
  }
}

/**
 * A digest that changes whenever the tree does: of name, size and time of every file, which is what make looks at. Git is not
 * asked: it leaves out what a .gitignore names, and Debian's linux-source ignores everything.
 *
 * @throws EnvironmentError when the tree cannot be read
 */
export async function treeState({ path }: SourceTree, signal?: AbortSignal): Promise<string> {
  const links = ['-type', 'l', '-printf', String.raw`%P -> %l\0`]
  const files = ['-type', 'f', '-printf', String.raw`%P %s %T@\0`]
  const { failed, stdout, stderr } = await execa(
    ...withGuise('find', [path, '-name', '.git', '-prune', '-o', ...links, '-o', ...files]),
    {
      reject: false,
      stdin: 'ignore',
      // Names need not be text.
      encoding: 'latin1',
      maxBuffer: 2 ** 29,
      env: { LC_ALL: 'C.UTF-8', LANGUAGE: 'C' },
      ...(signal && { cancelSignal: signal }),
    },
  )
  signal?.throwIfAborted()
  if (failed) throw new EnvironmentError(`cannot read the kernel source ${path}: ${stderr.trim()}`)
  const state = stdout.split('\0').sort().join('\0')
  return `files ${createHash('sha256').update(state).digest('hex')}`
}
