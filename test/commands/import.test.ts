import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync } from 'node:fs'
import t from 'tap'
import { completeMarker } from '../../runner/console/protocol/layout.js'
import { parseDump } from '../../runner/cpuid/dump/parse.js'
import { cpuidRecord, everyRecord } from '../console/protocol/encode-report.js'
import { fakeQemu, report } from '../fixtures/fake-guest.js'
import { Sandbox } from '../fixtures/sandbox.js'

const sandbox = await Sandbox.create(t)
t.jobs = 2

const leaf = '   0x00000000 0x00: eax=0x0000000d ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69\n'
const dump = sandbox.write('My Machine (2).txt', `a title\nCPU 0:\n${leaf}CPU 1:\n${leaf}`)

t.test('a scenario on stdout, what is left out on stderr', { buffered: true }, async t => {
  const { status, stdout, stderr } = await sandbox.guise('import', dump)
  t.equal(status, 0)
  t.match(stdout, /^name: my-machine-2\nsummary: /)
  t.match(stderr, /^guise: .*My Machine \(2\)\.txt:1: `a title` is no leaf\n/)
  t.match(stderr, /`guise show FILE` tells/)
  const shown = await sandbox.guise('show', sandbox.write('shown.yaml', stdout))
  t.equal(shown.status, 0)
  t.equal(shown.stderr, '', 'what was foreign is not in it')
  t.match(shown.stdout, /0x00000000 {2}eax 0x0000000d ebx 0x756e6547/)
})

t.test('CPUs are taken by their number, and gaps are said', { buffered: true }, async t => {
  const of = (eax: string) => leaf.replace('0x0000000d', `0x000000${eax}`)
  const strewn = sandbox.write(
    'strewn.txt',
    `CPU 5:\n${of('0b')}CPU 0:\n${leaf}CPU 2:\n${of('0a')}`,
  )
  const { status, stdout, stderr } = await sandbox.guise('import', strewn)
  t.equal(status, 0)
  t.match(stderr, /strewn\.txt: vCPUs are counted from 0 without a gap: its CPU 2 is 1, 5 is 2\n/)
  const { stdout: shown } = await sandbox.guise('show', sandbox.write('strewn.yaml', stdout))
  const [first = '', ...others] = shown.match(/eax 0x000000\w\w/g) ?? []
  t.equal(first, 'eax 0x0000000d', shown)
  t.same(others, ['eax 0x0000000a', 'eax 0x0000000b'], shown)
})

t.test('a file of its own, whole, and none that is there', { buffered: true }, async t => {
  mkdirSync(sandbox.at('new'))
  const path = sandbox.at('new', 'a.yaml')
  const args = ['import', dump, '--output', path]
  const first = await sandbox.guise(...args, '--name', 'one', '--cpus', '1')
  t.equal(first.status, 0)
  t.equal(first.stdout, '')
  t.match(first.stderr, /2 CPUs, of which the first 1 are taken\n/)
  const text = sandbox.read(path)
  t.match(text, /^name: one\n[^]*\nmachine: \{ cpus: 1 \}\n/)
  const again = await sandbox.guise(...args)
  t.equal(again.status, 2)
  t.match(
    again.stderr,
    /^guise: .*a\.yaml: expected no file there, got one; --force takes its place\n$/,
  )
  t.equal(sandbox.read(path), text)
  t.equal((await sandbox.guise(...args, '--force')).status, 0)
  t.match(sandbox.read(path), /^name: my-machine-2\n/)
  t.same(readdirSync(sandbox.at('new')), ['a.yaml'])
  const nowhere = await sandbox.guise('import', dump, '--output', sandbox.at('none', 'a.yaml'))
  t.equal(nowhere.status, 2)
  t.match(
    nowhere.stderr,
    /none\/a\.yaml: expected to write it in the folder \S+, which is not there/,
  )
})

t.test('what `guise dump` writes is imported, CPU by CPU', { buffered: true }, async t => {
  const more = [
    cpuidRecord(0, [
      [4, 0, 0x121, 0x1c0003f, 0x3f, 0],
      [4, 1, 0x122, 0x1c0003f, 0x3f, 0],
    ]),
    cpuidRecord(1, [[0x8000001e, 0, 1, 0x100, 0, 0]]),
  ]
  const steps = [
    { print: '[    0.000000] Linux version 6.1.0\r\n' },
    report([...everyRecord, ...more]),
    { print: `${completeMarker}\r\n` },
  ]
  const scenarios = sandbox.writeScenarios({ one: { steps } })
  const fake = ['--kernel', sandbox.kernel, '--accel', 'tcg', '--qemu', fakeQemu]
  const dumped = await sandbox.guise('dump', scenarios, ...fake)
  t.equal(dumped.status, 0)
  const { cpus } = parseDump(dumped.stdout)
  t.same(
    cpus.map(({ cpu, leaves }) => [cpu, leaves.length]),
    [
      [0, 4],
      [1, 2],
    ],
  )
  const { stdout } = await sandbox.guise('import', sandbox.write('dumped', dumped.stdout))
  t.same(parseDump(stdout).cpus, cpus)
})

execFileSync('mkfifo', [sandbox.at('fifo')])
for (const [what, args, says] of [
  ['a file that is not there', [sandbox.at('none')], /none: expected a dump of CPUID, got: ENOENT/],
  ['a folder', [sandbox.at('tmp')], /tmp: expected a dump of CPUID, got: no regular file/],
  ['a FIFO', [sandbox.at('fifo')], /fifo: expected a dump of CPUID, got: no regular file/],
  ['an empty file', [sandbox.write('empty', '')], /empty: expected a dump.*, got: an empty file/],
  ['a binary', [sandbox.write('binary', '\x7fELF\0\0')], /binary: expected a dump.*, got: no text/],
  [
    'a huge file',
    [sandbox.write('huge', leaf.repeat(60_000))],
    /huge: expected a dump.*, got: a file of more than 4194304 bytes/,
  ],
  [
    'a text without a leaf',
    [sandbox.write('text', 'a text\n')],
    /text: expected a dump of CPUID as cpuid -r, .*, got a text without a leaf/,
  ],
  [
    'a leaf that lacks a register',
    [sandbox.write('broken', leaf + leaf.replace(/ ecx=\S+/, ''))],
    /broken:2: expected `0xLEAF .*, got `0x00000000 0x00: eax=0x0000000d ebx=/,
  ],
  [
    'a leaf with two values',
    [sandbox.write('two', leaf + leaf.replace('0000d', '0000e'))],
    /two:2: expected the values of line 1, .*, got `0x00000000 0x00: eax=0x0000000e/,
  ],
  [
    'a bad name',
    [dump, '--name', 'No Name'],
    /--name: expected a name of lower-case words .*, got `No Name`/,
  ],
  ['more CPUs than there are', [dump, '--cpus', '3'], /--cpus: expected at most 2, .* got 3/],
  [
    'hypervisor leaves of a machine without',
    [dump, '--hypervisor-leaves'],
    /expected leaves of 0x40000000-0x4000ffff for --hypervisor-leaves, got none/,
  ],
] as const) {
  t.test(what, { buffered: true }, async t => {
    const { status, stdout, stderr } = await sandbox.guise('import', ...args)
    t.equal(status, 2)
    t.equal(stdout, '')
    t.match(stderr, says)
    t.match(stderr, /^guise: [^\n]*\n$/, 'one line')
  })
}

t.test(
  'a dump that a scenario names: what is no leaf is told as it is loaded',
  { buffered: true },
  async t => {
    const yaml = `name: a\nsummary: s\nsource: s\nhypervisor-leaves: listed\ncpuid: [{ dump: 'My Machine (2).txt' }]\nexpect: [{}]\n`
    const { status, stderr } = await sandbox.guise('show', sandbox.write('names.yaml', yaml))
    t.equal(status, 0)
    t.equal(stderr, 'guise: My Machine (2).txt:1: `a title` is no leaf\n')
  },
)
