import { distributionOf, specForms } from '../../images/distribution/table.js'
import { resolveKernel } from '../../images/kernel/resolve.js'
import { InputError } from '../errors.js'
import { interruptible } from './interruptible.js'
import { withSetupLine } from './setup-line.js'
import { printJson, printPlain } from './standard-output.js'

/** `guise kernel fetch SPEC...`: brings kernels into the cache, and prints path, version and SHA-256 of each, one a line. */
export async function kernelFetch(
  specs: readonly string[],
  options: { json?: true },
): Promise<number> {
  const other = specs.find(spec => !distributionOf(spec))
  if (other !== undefined) {
    throw new InputError(
      `kernel fetch: expected ${specForms()}, got \`${other}\`; a kernel that lies on this machine needs no fetching`,
    )
  }
  return interruptible(async signal => {
    for (const spec of specs) {
      const kernel = await withSetupLine(onProgress => resolveKernel(spec, { signal, onProgress }))
      const { path, release, version, sha256 } = kernel
      const entry = { spec, path, release, version, sha256 }
      await (options.json ? printJson(entry) : printPlain(`${path}  ${version}  ${sha256}\n`))
    }
    return 0
  }, 'ending the fetch')
}
