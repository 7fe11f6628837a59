import t from 'tap'
import { Sandbox } from '../fixtures/sandbox.js'

// The kernels are in the user's own cache: fetched once, not by each test.
const env = { XDG_CACHE_HOME: process.env.XDG_CACHE_HOME }
const sandbox = await Sandbox.create(t)

const scenario = (name: string, body: string) =>
  `name: ${name}\nsummary: an end that is not the kernel's\nsource: test/vm/endings.test.ts\n${body}\n`

t.test('what is not the kernel’s fault does not fail it', async t => {
  const file = sandbox.write(
    'endings.yaml',
    [
      scenario(
        'lost-channel',
        'cpuid: [{ leaf: 0x80000008, remove: true }]\nexpect: [{ outcome: reported }]',
      ),
      scenario(
        'asks-for-help',
        'machine: { devices: ["pvscsi,help"] }\nexpect: [{ outcome: reported }]',
      ),
    ].join('---\n'),
  )
  const command = sandbox.command('run', 'not-64-bit', file, '--accel', 'tcg', '--format', 'json')
  const { stdout } = await sandbox.exec(command, { env })
  const records = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as unknown)
  t.match(records, [
    { scenario: 'not-64-bit', outcome: 'refused', verdict: 'pass' },
    { scenario: 'lost-channel', verdict: 'pass', reruns: [/it reports on a serial port$/] },
    { scenario: 'asks-for-help', outcome: 'qemu-failed', verdict: 'error' },
  ])
})
