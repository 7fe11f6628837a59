import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parseAllDocuments } from 'yaml'
import { scenariosFolder } from '../../runner/paths.js'
import type { GuiseRecord } from '../../runner/record/schema.js'
import { Sandbox } from '../fixtures/sandbox.js'

// The kernels are in the user's own cache: fetched once, not by each test.
const env = { XDG_CACHE_HOME: process.env.XDG_CACHE_HOME }
const sandbox = await Sandbox.create(t)

const scenario = (name: string, body: string) =>
  `name: ${name}\nsummary: an end that is not the kernel's\nsource: test/vm/endings.test.ts\n${body}\n`

/** The records of a run under TCG. */
async function run(...words: string[]): Promise<GuiseRecord[]> {
  const command = sandbox.command('run', ...words, '--accel', 'tcg', '--format', 'json')
  const { stdout } = await sandbox.exec(command, { env, timeout: 600_000 })
  return stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as GuiseRecord)
}

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
  t.match(await run('not-64-bit', file), [
    { scenario: 'not-64-bit', outcome: 'refused', verdict: 'pass' },
    { scenario: 'lost-channel', verdict: 'pass', reruns: [/it reports on a serial port$/] },
    { scenario: 'asks-for-help', outcome: 'qemu-failed', verdict: 'error' },
  ])
})

// A kernel that is told nopv does not look for KVM, as one does not whose detection is broken.
const blind = [
  'kvm-behind-hyperv',
  'kvm-last-base',
  'kvm-no-features',
  'kvm-timing-leaf',
  'kvm-zero-max-leaf',
]

t.test('a kernel that no longer finds KVM fails, however busy this machine is', async t => {
  const documents = ['kvm.yaml', 'mix.yaml'].flatMap(name =>
    parseAllDocuments(readFileSync(join(scenariosFolder, name), 'utf8')),
  )
  const chosen = documents.filter(document => blind.includes(String(document.get('name'))))
  for (const document of chosen) document.setIn(['kernel', 'cmdline'], ['nopv'])
  const texts = chosen.map(document => String(document).replace(/^---\n/, ''))
  const file = sandbox.write('blind.yaml', texts.join('---\n'))
  const check = (t: Test, records: readonly GuiseRecord[]) => {
    t.strictSame(records.map(({ scenario }) => scenario).sort(), blind)
    for (const record of records) {
      const { scenario, verdict, unmet } = record
      // Beside load a guest may also die of its timer: that excuses nothing.
      const missed = unmet.find(({ field }) => field === 'hypervisor')
      t.match(
        { verdict, missed },
        { verdict: 'fail', missed: { want: 'KVM', got: 'none' } },
        scenario,
      )
      t.strictSame(record.reruns, [], 'what no load can bring about is not run again')
    }
  }
  await t.test('by itself', async t => {
    check(t, await run(file, '--jobs', '1'))
  })
  await t.test('beside four busy loops', async t => {
    const loops = [1, 2, 3, 4].map(() =>
      sandbox.start(['sh', '-c', 'while :; do :; done'], { timeout: 600_000 }),
    )
    t.teardown(() => {
      for (const { pid } of loops) process.kill(pid)
    })
    check(t, await run(file, '--jobs', '4'))
  })
})
