import { availableParallelism } from 'node:os'
import { execa } from 'execa'
import { EnvironmentError, InputError } from '../../../runner/errors.js'
import type { ResolveOptions } from '../kernel.js'
import { counted } from '../../../runner/terminal/counted.js'

/** Which tree make builds, and where. */
export interface MakePlace {
  readonly source: string
  /** The folder for all that is built (kbuild's O=). */
  readonly output: string
}

/**
 * What has a build say the same of itself wherever and whenever it is made (Linux,
 * Documentation/kbuild/reproducible-builds.rst); what of the caller's environment would change it, is taken away.
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

/** How many lines of the compiler's words a failure shows. */
const lastWords = 20

/** How long between two words of progress, in milliseconds. */
const progressMs = 10_000

/**
 * Runs make in a kernel tree to its end; while it goes on, says every ten seconds how far it is.
 *
 * @throws InputError when the tree does not build, with the last lines of what make had to say
 * @throws EnvironmentError when the machine has no room for it
 */
export async function runMake(
  { source, output }: MakePlace,
  targets: readonly string[],
  { signal, onProgress }: ResolveOptions,
): Promise<void> {
  const started = performance.now()
  const elapsed = () => `${Math.round((performance.now() - started) / 1000)} s`
  let built = 0
  const timer = setInterval(() => {
    onProgress?.({ kind: 'note', text: `building: ${counted(built, 'object')} in ${elapsed()}` })
  }, progressMs)
  const errors: string[] = []
  try {
    const child = execa(
      'make',
      ['-C', source, `O=${output}`, `-j${availableParallelism()}`, ...targets],
      {
        reject: false,
        stdin: 'ignore',
        buffer: false,
        env: environment,
        extendEnv: true,
        ...(signal && { cancelSignal: signal }),
      },
    )
    const counting = (async () => {
      // kbuild prints `  CC      kernel/fork.o` and the like.
      for await (const line of child.iterable({ from: 'stdout' }))
        if (/^ {2}(?:CC|AS|HOSTCC)\s/.test(line)) built += 1
    })()
    const listening = (async () => {
      for await (const line of child.iterable({ from: 'stderr' })) {
        errors.push(line)
        if (errors.length > 200) errors.shift()
      }
    })()
    const [result] = await Promise.all([child, counting, listening])
    signal?.throwIfAborted()
    if (!result.failed) return
  } finally {
    clearInterval(timer)
  }
  const text = errors.slice(-lastWords).join('\n')
  if (/No space left on device/.test(text)) {
    throw new EnvironmentError(
      `no room to build the kernel in ${output}. Make room there, or set XDG_CACHE_HOME to another folder:\n${text}`,
    )
  }
  throw new InputError(
    `${source} does not build (make ${targets.join(' ')}, after ${elapsed()}):\n${text}`,
  )
}
