import { execa } from 'execa'
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { checkout } from './checkout.js'

const argv = ['run', 'two words', '', '*', '--format=json']

t.test('arguments arrive as given, from any folder and through links', async t => {
  await using folder = await checkout()
  const at = (...names: string[]) => join(folder.path, ...names)
  await mkdir(at('bin'))
  await symlink('../scripts/guise', at('bin/relative'))
  await symlink(at('bin/relative'), at('bin/link-to-link'))
  for (const [command, cwd] of [
    [at('scripts/guise'), '/'],
    ['./scripts/guise', folder.path],
    ['./guise', at('scripts')],
    [at('bin/relative'), '/'],
    ['bin/link-to-link', folder.path],
  ] as const) {
    const { stdout } = await execa(command, argv, { cwd })
    t.same(JSON.parse(stdout), argv, `${command} in ${cwd}`)
  }
  const byPath = await execa('link-to-link', argv, { env: { PATH: `${at('bin')}:/usr/bin:/bin` } })
  t.same(JSON.parse(byPath.stdout), argv, 'found on the PATH')
  const byName = await execa('bash', ['guise', ...argv], { cwd: at('scripts') })
  t.same(JSON.parse(byName.stdout), argv, 'given to bash without a folder')
})

t.test(
  'Node reads no certificates as it starts, and whoever wants them learns of them',
  async t => {
    await using folder = await checkout()
    const main = join(folder.path, 'dist/cli/main.cjs')
    await writeFile(main, 'console.log(JSON.stringify(process.env))')
    const run = async (env: Record<string, string | undefined>) => {
      const { stdout } = await execa(join(folder.path, 'scripts/guise'), { env })
      return JSON.parse(stdout) as Record<string, string>
    }
    const given = await run({ NODE_EXTRA_CA_CERTS: '/some/file' })
    t.notOk('NODE_EXTRA_CA_CERTS' in given)
    t.equal(given.GUISE_NODE_EXTRA_CA_CERTS, '/some/file')
    t.notOk('GUISE_NODE_EXTRA_CA_CERTS' in (await run({ NODE_EXTRA_CA_CERTS: undefined })))
  },
)

t.test("the status is the program's", async t => {
  await using folder = await checkout()
  await writeFile(join(folder.path, 'dist/cli/main.cjs'), 'process.exit(42)')
  const { exitCode } = await execa(join(folder.path, 'scripts/guise'), { reject: false })
  t.equal(exitCode, 42)
})

t.test('an unbuilt checkout names the command that builds it', async t => {
  await using folder = await checkout()
  await rm(join(folder.path, 'dist'), { recursive: true })
  const script = join(folder.path, 'scripts/guise')
  const { exitCode, stderr } = await execa(script, ['list'], { reject: false })
  t.equal(exitCode, 3)
  t.match(stderr, `run ${folder.path}/scripts/quickstart`)
})
