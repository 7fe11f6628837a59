import { cp, mkdir, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packageRoot } from '../../runner/paths.js'
import { temporaryFolder, type TemporaryFolder } from '../../runner/temporary-folder.js'

const lockfile = JSON.stringify({
  packages: {
    '': { name: 'miniature' },
    'node_modules/tap-parser': { version: '1.0.0' },
    'node_modules/for-another-system': { version: '1.0.0', optional: true },
  },
})

const installed = JSON.stringify({
  packages: { 'node_modules/tap-parser': { version: '1.0.0' } },
})

/**
 * A checkout in miniature: the real scripts/ and .ci/ around a project that is set up and built already and whose npm scripts are
 * the given shell commands, so that the scripts can be tested as they are, in a second.
 *
 * @param npmScripts - beside a build and static checks that do nothing
 */
export async function checkout(npmScripts: Record<string, string> = {}): Promise<TemporaryFolder> {
  const folder = await temporaryFolder('checkout')
  const at = (...names: string[]) => join(folder.path, ...names)
  for (const name of ['scripts', '.ci'])
    await cp(join(packageRoot, name), at(name), { recursive: true })
  for (const name of ['runner/native', 'images', 'guest', 'dist/cli', 'node_modules'])
    await mkdir(at(name), { recursive: true })
  const scripts = { 'build:ts': 'true', format: 'true', lint: 'true', types: 'true', ...npmScripts }
  await Promise.all([
    writeFile(at('package.json'), JSON.stringify({ type: 'module', scripts })),
    writeFile(at('package-lock.json'), lockfile),
    writeFile(at('node_modules/.package-lock.json'), installed),
    writeFile(at('tsconfig.json'), '{}'),
    writeFile(at('tsconfig.build.json'), '{}'),
    writeFile(at('runner/native/Makefile'), 'all:\n'),
    writeFile(at('guest/Makefile'), 'all:\n'),
    writeFile(at('dist/cli/main.cjs'), 'console.log(JSON.stringify(process.argv.slice(2)))\n'),
    symlink(join(packageRoot, 'node_modules/tap-parser'), at('node_modules/tap-parser')),
  ])
  await writeFile(at('dist/.built'), '')
  const later = Date.now() / 1000 + 1
  await utimes(at('dist/.built'), later, later)
  return folder
}
