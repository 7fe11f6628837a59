import { execa } from 'execa'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Script } from 'node:vm'
import t from 'tap'
import { packageRoot } from '../../runner/paths.js'
import { temporaryFolder } from '../../runner/temporary-folder.js'
import { bundleCli } from '../fixtures/bundled-cli.js'

const { wrap } = createRequire(import.meta.url)('node:module') as typeof import('node:module')

const folder = await temporaryFolder('load-cli')
t.teardown(() => folder[Symbol.asyncDispose]())
writeFileSync(join(folder.path, 'package.json'), readFileSync(join(packageRoot, 'package.json')))
const [node, main] = (await bundleCli(folder.path)) as [string, string]
const cache = join(folder.path, 'dist/cli/guise.v8-cache')

async function version() {
  const { exitCode, stdout, stderr } = await execa(node, [main, '--version'], {
    env: { NODE_OPTIONS: undefined },
    reject: false,
  })
  return { exitCode, stdout, stderr }
}

t.test('V8 takes the code cache that the build made', t => {
  const filename = join(folder.path, 'dist/cli/guise.cjs')
  const script = new Script(wrap(readFileSync(filename, 'latin1')), {
    filename,
    cachedData: readFileSync(cache),
  })
  t.equal(script.cachedDataRejected, false)
  t.end()
})

t.test('the bundle is ASCII, as it is read', t => {
  // esbuild writes other characters as escapes, but for those in tagged templates, which a tag may look at.
  t.notMatch(
    readFileSync(join(folder.path, 'dist/cli/guise.cjs'), 'latin1'),
    /[^\n]{0,40}\P{ASCII}/u,
  )
  t.end()
})

t.test('without one, or with a damaged one, guise works all the same', async t => {
  const expected = await version()
  t.match(expected, { exitCode: 0, stdout: /^\d+\.\d+\.\d+/, stderr: '' })
  writeFileSync(cache, 'no code at all')
  t.strictSame(await version(), expected)
  rmSync(cache)
  t.strictSame(await version(), expected)
})

t.test('what scripts/guise kept from Node is given back to what guise starts', async t => {
  writeFileSync(join(folder.path, 'dist/cli/guise.cjs'), 'console.log(JSON.stringify(process.env))')
  const { stdout } = await execa(node, [main], {
    env: { NODE_OPTIONS: undefined, GUISE_NODE_EXTRA_CA_CERTS: '/some/file' },
  })
  const env = JSON.parse(stdout) as Record<string, string>
  t.equal(env.NODE_EXTRA_CA_CERTS, '/some/file')
  t.notOk('GUISE_NODE_EXTRA_CA_CERTS' in env)
})
