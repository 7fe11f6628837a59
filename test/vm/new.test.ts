import t from 'tap'
import { Sandbox } from '../fixtures/sandbox.js'

// The kernels are in the user's own cache: fetched once, not by each test.
const env = { XDG_CACHE_HOME: process.env.XDG_CACHE_HOME }
const sandbox = await Sandbox.create(t)

t.test('what `guise new` and `guise dump` give passes as it stands', async t => {
  const dumped = await sandbox.exec(sandbox.command('dump', 'kvm-no-features', '--accel', 'tcg'), {
    env,
    timeout: 600_000,
  })
  const dump = sandbox.write('dump.txt', dumped.stdout)
  for (const [name, ...more] of [
    ['plain'],
    ['copy', '--like', 'kvm-behind-hyperv'],
    ['machine', '--from', dump],
  ] as const) {
    const made = await sandbox.guise('new', name, ...more, '--output', sandbox.at(`${name}.yaml`))
    t.equal(made.status, 0, made.stderr)
  }
  const { status, stdout } = await sandbox.exec(
    sandbox.command('run', `${sandbox.path}/`, '--accel', 'tcg'),
    { env, timeout: 600_000 },
  )
  t.equal(status, 0, stdout)
  t.match(stdout, /^3 pass, 0 fail, 0 skip, 0 error$/m)
})
