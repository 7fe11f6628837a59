import { tmpdir } from 'node:os'
import { EnvironmentError } from './errors.js'

/** A folder of one's own that is gone, with all that is in it, when it goes out of scope. */
export interface TemporaryFolder extends AsyncDisposable {
  /** The folder's absolute path. */
  readonly path: string
}

/**
 * Makes a folder under the system's temporary directory, readable by its owner alone. Hold it with `await using`.
 *
 * @param purpose - a word for the folder's name, so that a leftover names its maker
 * @throws EnvironmentError when there is no place for it
 */
export async function temporaryFolder(purpose: string): Promise<TemporaryFolder> {
  try {
    return await makeTemporaryFolder(purpose)
  } catch (error) {
    throw new EnvironmentError(
      `${tmpdir()}: expected to make a temporary folder there, got: ${(error as Error).message}; TMPDIR names the folder to use`,
      { cause: error },
    )
  }
}

async function makeTemporaryFolder(purpose: string): Promise<TemporaryFolder> {
  // Loaded here, because it looks for the system's temporary directory as it loads and throws where there is none.
  const { dir, setGracefulCleanup } = (await import('tmp-promise')).default
  // A guise that ends by an uncaught error still removes its folders.
  setGracefulCleanup()
  const { path, cleanup } = await dir({ prefix: `guise-${purpose}`, unsafeCleanup: true })
  return { path, [Symbol.asyncDispose]: cleanup }
}
