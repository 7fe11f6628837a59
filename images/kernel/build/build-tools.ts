import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { EnvironmentError } from '../../../runner/errors.js'
import { scriptDoes } from '../../../runner/installation.js'

/**
 * What building a kernel needs (Linux, Documentation/process/changes.rst): Debian's package, and the program or header that it is
 * known by.
 */
const needed: readonly { readonly package: string; readonly found: string }[] = [
  { package: 'gcc', found: 'gcc' },
  { package: 'make', found: 'make' },
  { package: 'flex', found: 'flex' },
  { package: 'bison', found: 'bison' },
  { package: 'bc', found: 'bc' },
  { package: 'perl', found: 'perl' },
  { package: 'xz-utils', found: 'xz' },
  // objtool, which x86 kernels are checked and patched with
  { package: 'libelf-dev', found: 'libelf.h' },
  // scripts/sign-file and certs/, where the configuration asks for them
  { package: 'libssl-dev', found: 'openssl/opensslv.h' },
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
    `building a kernel needs what this machine lacks: ${missing.join(', ')}. Install it with \`apt-get install ${missing.join(' ')}\`${scriptDoes(", or with guise's `scripts/setup kernel`")}`,
  )
}

async function isThere(found: string): Promise<boolean> {
  const isHeader = found.endsWith('.h')
  // Besides its own folder, gcc looks for headers in those of CPATH.
  const folders = isHeader
    ? ['/usr/include', ...foldersOf(process.env.CPATH)]
    : foldersOf(process.env.PATH)
  const mode = isHeader ? constants.R_OK : constants.X_OK
  const tries = await Promise.allSettled(folders.map(folder => access(join(folder, found), mode)))
  return tries.some(({ status }) => status === 'fulfilled')
}

function foldersOf(list: string | undefined): string[] {
  return (list ?? '').split(':').filter(folder => folder !== '')
}
