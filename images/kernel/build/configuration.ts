import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { readRegularFile } from '../../../runner/bounded-file.js'
import { InputError } from '../../../runner/errors.js'
import { kernelFragment } from '../../../runner/paths.js'
import { quote } from '../../../runner/terminal/printable.js'
import type { ResolveOptions } from '../kernel.js'

/** What a kernel is configured with. */
export interface Configuration {
  /** The text of a whole .config; null: the tree's own tinyconfig. */
  readonly base: string | null
  /** The text of the fragment that is merged into it; may be empty. */
  readonly fragment: string
}

/** How a kernel is to be configured, and what {@link ResolveOptions} say. */
export interface BuildOptions extends ResolveOptions {
  /** The path of a whole .config, which takes the place of tinyconfig and guise's fragment. */
  readonly config?: string | undefined
  /** Paths of fragments that are merged into that, in their order. */
  readonly fragments?: readonly string[] | undefined
}

/**
 * Reads what a kernel is to be configured with.
 *
 * @throws InputError for a file that can't be read, or is no configuration
 */
export async function readConfiguration({
  config,
  fragments = [],
}: BuildOptions): Promise<Configuration> {
  const own = await Promise.all(fragments.map(read))
  if (config !== undefined) return { base: await read(config), fragment: own.join('\n') }
  return { base: null, fragment: [await readFile(kernelFragment, 'utf8'), ...own].join('\n') }
}

async function read(path: string): Promise<string> {
  const what = `kernel configuration ${path}`
  try {
    const text = (await readRegularFile(path, { what, maxBytes: 2 ** 22 })).toString('utf8')
    checkLines(text, what)
    return text
  } catch (error) {
    if (error instanceof InputError) throw error
    throw new InputError(`${what}: ${(error as Error).message}`, { cause: error })
  }
}

/** kconfig warns of other lines and leaves them out (scripts/kconfig/confdata.c): a file by mistake would build, and tell nothing. */
function checkLines(text: string, what: string): void {
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(?:#|$)|^CONFIG_\w+=/.test(line)) continue
    throw new InputError(
      `${what}:${index + 1}: expected CONFIG_NAME=VALUE or a comment, got ${quote(line)}`,
    )
  }
}

/** The SHA-256 of a configuration; of a small kernel without further fragments it is that of guise's. */
export function digestOf({ base, fragment }: Configuration): string {
  return createHash('sha256')
    .update(base === null ? fragment : `${base}\0${fragment}`)
    .digest('hex')
}
