import { availableParallelism } from 'node:os'
import { execa } from 'execa'
import { BuildError, EnvironmentError } from '../../../runner/errors.js'
import { inheriting, withGuise } from '../../../runner/cache/child.js'
import type { HeldLock } from '../../../runner/cache/lock.js'
import type { ResolveOptions } from '../kernel.js'
import { CompilerErrors } from './compiler-errors.js'

/** Which tree make builds, and where. */
export interface MakePlace {
  readonly source: string
  /** The folder for all that is built (kbuild's O=). */
  readonly output: string
  /** The lock on that folder. */
  readonly held: HeldLock
}

/**
 * What has a build say the same of itself wherever and whenever it is made (Linux,
 * Documentation/kbuild/reproducible-builds.rst); the part of the caller's environment that would change it is taken away.
 */
const environment = {
  LC_ALL: 'C.UTF-8',
  LANGUAGE: 'C',
  ARCH: 'x86_64',
  KBUILD_BUILD_USER: 'guise',
  KBUILD_BUILD_HOST: 'guise',
  KBUILD_BUILD_TIMESTAMP: 'Thu Jan  1 00:00:00 UTC 1970',
  KBUILD_BUILD_VERSION: '1',
  KBUILD_OUTPUT: undefined,
  KCONFIG_CONFIG: undefined,
  KCONFIG_ALLCONFIG: undefined,
  LOCALVERSION: undefined,
  MAKEFLAGS: undefined,
  MAKELEVEL: undefined,
}

/** How long between two words of progress, in milliseconds. */
const progressMs = 1000

/** How a run of make is told of. */
export interface MakeOptions extends ResolveOptions {
  /** How many objects there will be, as {@link runMake} counts them; null where that is not known. Without it, nothing is told. */
  readonly total?: number | null
}

/**
 * Runs make in a kernel tree to its end; while it goes on, says every second, and at the end, how far it is.
 *
 * @returns how many objects were compiled
 * @throws BuildError when the tree does not build
 * @throws EnvironmentError when the machine has no room for it
 */
export async function runMake(
  { source, output, held }: MakePlace,
  targets: readonly string[],
  { signal, onProgress, total }: MakeOptions,
): Promise<number> {
  const started = performance.now()
  const errors = new CompilerErrors()
  let done = 0
  const tell = () => {
    if (total === undefined) return
    const elapsedMs = performance.now() - started
    const known = total === null ? null : Math.max(total, done)
    onProgress?.({ kind: 'build', done, total: known, elapsedMs })
  }
  const timer = setInterval(tell, progressMs)
  try {
    // What the compilers of several files say at a time is kept apart, by file.
    const jobs = [`-j${availableParallelism()}`, '--output-sync=target']
    const child = execa(...withGuise('make', ['-C', source, `O=${output}`, ...jobs, ...targets]), {
      reject: false,
      stdio: inheriting('ignore', held),
      buffer: false,
      env: environment,
      extendEnv: true,
      ...(signal && { cancelSignal: signal }),
    })
    const counting = (async () => {
      // kbuild prints `  CC      kernel/fork.o` and the like.
      for await (const line of child.iterable({ from: 'stdout' }))
        if (/^ {2}(?:CC|AS|HOSTCC)\s/.test(line)) done += 1
    })()
    const listening = (async () => {
      for await (const line of child.iterable({ from: 'stderr' })) errors.add(line)
    })()
    const [result] = await Promise.all([child, counting, listening])
    signal?.throwIfAborted()
    if (!result.failed) return done
  } finally {
    clearInterval(timer)
    tell()
  }
  const { lines } = errors
  if (lines.some(line => line.includes('No space left on device'))) {
    throw new EnvironmentError(
      `no room to build the kernel in ${output}. Make room there, or set XDG_CACHE_HOME to another folder:\n${lines.join('\n')}`,
    )
  }
  const seconds = Math.round((performance.now() - started) / 1000)
  throw new BuildError(
    `${source} does not build (make ${targets.join(' ')}, after ${seconds} s)`,
    lines,
  )
}
