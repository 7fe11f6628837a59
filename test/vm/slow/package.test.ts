import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import t from 'tap'
import { resolveKernel } from '../../../images/kernel/resolve.js'
import { packageRoot } from '../../../runner/paths.js'
import { temporaryFolder } from '../../../runner/temporary-folder.js'

// The package, as whoever installs it has it: packed, put into an empty folder elsewhere by a user who is not root, and who has
// nothing of this one's set-up but the registry's address. It boots guests.

/** nobody's, of Debian. */
const user = 65534

const folder = await temporaryFolder('package-test')
t.teardown(() => folder[Symbol.asyncDispose]())
chmodSync(folder.path, 0o755)

const kernel = await resolveKernel('debian:bookworm')
const { stdout: registry } = await execa('npm', ['config', 'get', 'registry'], { cwd: packageRoot })

/** Runs a program as that user, in a folder of that user's. */
async function asUser(...command: string[]) {
  const { PATH, NODE_EXTRA_CA_CERTS } = process.env
  return execa('setpriv', [`--reuid=${user}`, `--regid=${user}`, '--clear-groups', ...command], {
    cwd: join(folder.path, 'project'),
    env: {
      PATH,
      NODE_EXTRA_CA_CERTS,
      HOME: join(folder.path, 'home'),
      KERNEL: join(folder.path, 'bzImage'),
      npm_config_registry: registry,
      TERM: 'dumb',
    },
    extendEnv: false,
    reject: false,
    all: true,
  })
}

await t.test('npm pack, and an installation of it', async t => {
  await execa('npm', ['pack', '--pack-destination', folder.path], { cwd: packageRoot })
  const [tarball = ''] = readdirSync(folder.path).filter(name => name.endsWith('.tgz'))
  t.match(tarball, /^guise-[\d.]+\.tgz$/)
  for (const name of ['project', 'home']) mkdirSync(join(folder.path, name))
  copyFileSync(kernel.path, join(folder.path, 'bzImage'))
  await execa('chown', ['-R', `${user}:${user}`, folder.path])

  // Where no compiler is and Node's headers cannot be had.
  const blind = ['env', 'CC=/bin/false', 'CXX=/bin/false', 'npm_config_disturl=http://127.0.0.1:1']
  const installed = await asUser(...blind, 'npm', 'install', `../${tarball}`)
  t.equal(installed.exitCode, 0, installed.all)
  const other = await asUser('npm', 'install', 'tap')
  t.equal(other.exitCode, 0, other.all)
})

await t.test('guise run vmware --kernel PATH', async t => {
  const ran = await asUser('npx', 'guise', 'run', 'vmware', '--kernel', '../bzImage')
  t.equal(ran.exitCode, 0, ran.all)
  t.match(ran.stdout, /^pass {2}vmware +VMware; /m)
  t.match(ran.stdout, /^1 pass, 0 fail, 0 skip, 0 error$/m)
})

await t.test('the example test, which the package holds', async t => {
  const copied = await asUser('cp', 'node_modules/guise/test/vm/example.test.mts', '.')
  t.equal(copied.exitCode, 0, copied.all)
  const tested = await asUser(
    'npx',
    'tap',
    '--disable-coverage',
    '--reporter=tap',
    'example.test.mts',
  )
  t.equal(tested.exitCode, 0, tested.all)
  t.match(tested.stdout, /^# \{ total: 5, pass: 5 \}$/m)
})

await t.test('its man page, its completion, and its API documentation', async t => {
  const guise = join(folder.path, 'project', 'node_modules', 'guise')
  const { man } = JSON.parse(readFileSync(join(guise, 'package.json'), 'utf8')) as { man: string }
  t.match(readFileSync(join(guise, man), 'utf8'), /^\.TH GUISE 1/m)
  t.match(await asUser('npx', 'guise', 'completion', 'bash'), {
    exitCode: 0,
    stdout: /^complete .*guise$/m,
  })
  t.match(
    readFileSync(join(guise, 'dist', 'api', 'interfaces', 'GuiseRecord.html'), 'utf8'),
    /clocksource/,
  )
})
