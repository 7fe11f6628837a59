import t from 'tap'
import { Sandbox } from '../fixtures/sandbox.js'

// The kernels are in the user's own cache: fetched once, not by each test.
const env = { XDG_CACHE_HOME: process.env.XDG_CACHE_HOME }
const sandbox = await Sandbox.create(t)

const kvm = 'hypervisor-leaves: listed\ncpuid: [{ hypervisor: kvm }]'
const file = sandbox.write(
  'false.yaml',
  [
    ['false-expectation', `${kvm}\nexpect: [{ hypervisor: Xen HVM }]`],
    ['is-kvm', `${kvm}\nexpect: [{ hypervisor: KVM }]`],
    ['is-none', 'hypervisor-leaves: listed\nexpect: [{ hypervisor: none }]'],
  ]
    .map(
      ([name = '', body = '']) =>
        `name: ${name}\nsummary: s\nsource: test/vm/fail-fast.test.ts\n${body}\n`,
    )
    .join('---\n'),
)
const guise = (...words: string[]) =>
  sandbox.exec(sandbox.command('run', ...words), { env, timeout: 600_000 })

t.test('a false expectation stops the run, and --failed goes on from there', async t => {
  const options = ['--accel', 'tcg', '--jobs', '1', '--output', sandbox.at('first')]
  const first = await guise(file, ...options, '--fail-fast')
  t.equal(first.status, 1, first.stderr)
  t.match(first.stdout, /^FAIL +false-expectation +KVM; /m)
  t.match(first.stdout, /^0 pass, 1 fail, 0 skip, 0 error; 2 not run, for --fail-fast$/m)
  const again = await guise('--failed', sandbox.at('first'))
  t.equal(again.status, 1, again.stderr)
  t.match(again.stdout, /^2 pass, 1 fail, 0 skip, 0 error$/m)
})
