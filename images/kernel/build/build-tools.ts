import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { EnvironmentError } from '../../../runner/errors.js'

/** What building a kernel needs beside guise's own needs (Linux, Documentation/process/changes.rst), by Debian's package. */
const needed: readonly { readonly package: string; readonly found: string }[] = [
  { package: 'gcc', found: 'gcc' },
  { package: 'make', found: 'make' },
  { package: 'flex', found: 'flex' },
  { package: 'bison', found: 'bison' },
  { package: 'bc', found: 'bc' },
  { package: 'perl', found: 'perl' },
  { package: 'xz-utils', found: 'xz' },
  // objtool, which x86 kernels are checked and patched with
  { package: 'libelf-dev', found: '/usr/include/libelf.h' },
  // scripts/sign-file and certs/, where the configuration asks for them
  { package: 'libssl-dev', found: '/usr/include/openssl/opensslv.h' },
]

/**
 * Checks that a kernel can be built here.
 *
 * @throws EnvironmentError naming all that is missing, with the command that installs it
 */
export async function checkBuildTools(): Promise<void> {
  const missing: string[] = []
  for (const tool of needed) if (!(await isThere(tool.found))) missing.push(tool.package)
  if (missing.length === 0) return
  throw new EnvironmentError(
    `building a kernel needs what this machine lacks: ${missing.join(', ')}. Install it with \`apt-get install ${missing.join(' ')}\``,
  )
}

async function isThere(found: string): Promise<boolean> {
  const places = found.startsWith('/')
    ? [found]
    : (process.env.PATH ?? '').split(':').map(folder => join(folder, found))
  const mode = found.startsWith('/') ? constants.R_OK : constants.X_OK
  const tries = await Promise.allSettled(places.map(place => access(place, mode)))
  return tries.some(({ status }) => status === 'fulfilled')
}
